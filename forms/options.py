"""Which options of a question an answer names: in full, by their beginning, in a phrase, by a number of years."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from forms.gathering import Mark
from forms.labels import option_begun
from models.form_definition import Leaf, LeafType, Option
from models.territory import plain

SEX: Final = "plec"


def option_of(leaf: Leaf, mark: Mark) -> Option | None:
    """The option a box belongs to: by its tag, else by its words."""
    for option in leaf.options:
        if mark.code == option.code:
            return option
    words = plain(mark.label)
    return next((option for option in leaf.options if words in option.names), None)


def said_beside(leaf: Leaf, mark: Mark) -> tuple[Option | None, str]:
    """What somebody wrote behind the words of a box that is not ticked: „osoby starsze – tak”."""
    words = plain(mark.label)
    for option in leaf.longest_first:
        label = option.words
        if words.startswith(f"{label} ") and not any(words in other.names for other in leaf.options):
            return option, words[len(label) :].strip()
    return None, ""


def options_in(leaf: Leaf, text: str) -> list[Option]:
    """The options whose words stand in a text, longer ones first, so that „niepubliczna” is not also „publiczna”."""
    whole = plain(text)
    exact = [option for option in leaf.options if whole in option.names]
    if exact:
        return exact[:1]
    found: list[Option] = []
    for option in leaf.longest_first:
        if option.words and _whole_words(option.words).search(whole):
            found.append(option)
            whole = _whole_words(option.words).sub(" ", whole)
    return [option for option in leaf.options if option in found]


@lru_cache(maxsize=1_024)
def _whole_words(words: str) -> re.Pattern[str]:
    """What finds these words of a form as whole words."""
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")


def shortened(leaf: Leaf, text: str) -> tuple[Option, ...]:
    """The options a text names when every line or item of it is an option or the beginning of just one."""
    whole = plain(text)
    span = _YEARS.fullmatch(whole)
    if span is not None:
        # Whole years: who writes „niecałe 2 lata” has one of them behind them.
        years = int(span["years"]) - bool(span["less"])
        fits = [option for option in leaf.options if _spans(option.words, years)]
        return tuple(fits) if len(fits) == 1 else ()
    if leaf.key == SEX and len(whole) == 1:
        return tuple(option for option in leaf.options if option.words.startswith(whole))
    found: list[Option] = []
    for item in filter(plain, re.split(r"[\n;,]|\s/\s", text)):
        exact = next((option for option in leaf.options if plain(item) in option.names), None)
        option = exact or option_begun(leaf.options, item)
        if option is None:
            return _phrased(leaf, whole)
        found.append(option)
    return tuple(option for option in leaf.options if option in found)


def begun_beside(leaf: Leaf, named: Sequence[Option], text: str) -> list[Option]:
    """Further options of which the beginning stands beside the full words of others: „kieruję instytucją / nie
    podejmuję decyzji w imieniu instytucji”."""
    rest = plain(text)
    for option in named:
        rest = rest.replace(plain(option.label), "\n")
    others = [option for option in leaf.options if option not in named]
    begun = (option_begun(others, part) for part in rest.splitlines())
    return [option for option in begun if option is not None]


def _phrased(leaf: Leaf, words: str) -> tuple[Option, ...]:
    """The one option of a single choice whose beginning a phrase begins or ends with, when the rest of it says nothing
    that the option does not say itself: „dyrektor – kieruję instytucją” for „kieruję instytucją (np. dyrektor, …)”."""
    if leaf.type != LeafType.CHOICE:
        return ()
    spoken = words.split()
    found: list[Option] = []
    for cut in range(1, len(spoken)):
        for part, rest in ((spoken[:cut], spoken[cut:]), (spoken[cut:], spoken[:cut])):
            option = option_begun(leaf.options, " ".join(part)) if len(part) > 1 else None
            if option is not None and {*rest} <= {*plain(option.label).split()} and option not in found:
                found.append(option)
    return tuple(found) if len(found) == 1 else ()


_YEARS: Final = re.compile(r"(?P<less>niecal[ey] )?(?P<years>\d{1,2}) (?:rok|roku|lata|lat)")
_SPAN: Final = re.compile(r"(?:od (?P<low>\d{1,2}) )?do (?P<high>\d{1,2}) lat|ponad (?P<over>\d{1,2}) lat")


def _spans(label: str, years: int) -> bool:
    """Whether a number of whole years lies in „do 2 lat”, „od 3 do 5 lat”, „ponad 10 lat”."""
    span = _SPAN.fullmatch(label)
    if span is None:
        return False
    if span["over"]:
        return years > int(span["over"])
    return int(span["low"] or 0) <= years <= int(span["high"])


def marked_between(leaf: Leaf, text: str) -> bool:
    """Whether a sign that is not printed stands between the words of the options."""
    rest = text.casefold()
    for label in sorted((option.label.casefold() for option in leaf.options), key=len, reverse=True):
        rest = rest.replace(label, " ", 1)
    return bool(re.search(r"[^\s/\\,;|.()*…_–—-]", rest))


def says_more(leaf: Leaf, text: str) -> bool:
    """Whether words are left when those of the options are taken away."""
    rest = plain(text)
    for option in leaf.longest_first:
        rest = _whole_words(option.words).sub(" ", rest)
    return bool(re.sub(r"\b(?:i|oraz|a takze|\d{1,2}|[a-z])\b", " ", rest).strip())
