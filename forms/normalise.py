"""From what stands in a document to a value that rules can use.

Nothing is guessed: what cannot be read without doubt gets a status, a code and a Polish sentence that tells the
candidate what is wrong and gives an example. The sentences never quote the answer.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, TypeVar

from forms.blanks import NO_PESEL, NO_PESEL_LABEL, PLACEHOLDERS
from forms.gathering import Found, Mark
from forms.labels import option_begun
from forms.names import spelt_name
from forms.places import BY_CONTROL, BY_TITLE
from forms.reading import FieldReading
from models.form_definition import FormDefinition, Leaf, LeafType, Option
from models.identifiers import (
    Email,
    Fault,
    Nip,
    Nrb,
    Pesel,
    Phone,
    Postcode,
    Sex,
    check_email,
    check_nip,
    check_nrb,
    check_pesel,
    check_phone,
    check_postcode,
)
from models.rules.facts import FactValue, FieldStatus
from models.territory import SHIPPED, Territory, Unit, plain


@dataclass(frozen=True)
class Outcome:
    """What an answer says. ``certainty`` (0 to 100) is about the wording; the place it came from may lower it."""

    status: FieldStatus
    value: FactValue = None
    reason_code: str = ""
    reason: str = ""
    certainty: int = 100


_LONGEST_SHORT_ANSWER: Final = 1_000
"""Letters in an answer that is not free text; searching a longer one for a number would only cost time."""


def normalise(leaf: Leaf, found: Found, *, territory: Territory = SHIPPED) -> Outcome:
    """The value of one place of a document as an answer to ``leaf``."""
    text = without_filler(found.text)
    # The form prints no options in words inside its own fields: what stands there was typed.
    in_control = found.method in (BY_CONTROL, BY_TITLE)
    if len(text) > _LONGEST_SHORT_ANSWER and leaf.type not in (LeafType.TEXT, LeafType.LONG_TEXT):
        return Outcome(
            FieldStatus.UNREADABLE,
            None,
            "too_long",
            f"W tym polu jest znacznie więcej tekstu, niż potrzeba. {_EXAMPLES[leaf.type]}",
            0,
        )
    if leaf.type in (LeafType.STATEMENT, LeafType.CONSENT):
        sign = found.text.strip()
        return _ticked(leaf, found.marks, sign if sign in _SIGNS_OF_YES or sign in _DASHES else text)
    if leaf.type == LeafType.CHOICE:
        return _choice(leaf, found.marks, text, printed=not in_control)
    if leaf.type == LeafType.CHOICES:
        return _choices(leaf, found.marks, text, printed=not in_control)
    if leaf.type == LeafType.PESEL:
        return _pesel(leaf, found.marks, text)
    if not text:
        return blank(leaf)
    if _is_nothing(leaf, text):
        return _NOTHING_TO_SAY
    if leaf.type == LeafType.DATE:
        outcome = _date(text, found.date)
        return _plausible_birth(outcome) if leaf.key == BIRTH_DATE else outcome
    if leaf.type == LeafType.GMINA:
        return _gmina(text, territory)
    if leaf.type == LeafType.POWIAT:
        return _powiat(text, territory)
    if leaf.type == LeafType.NAME:
        return _name(text)
    if leaf.type == LeafType.LONG_TEXT:
        return Outcome(FieldStatus.READ, "\n".join(_one_line(line) for line in text.splitlines()).strip())
    return _CHECKS.get(leaf.type, _text)(text)


_BLANK: Final = Outcome(FieldStatus.BLANK)


NOTHING_TO_SAY: Final = "nothing_to_say"
"""Why an answer is blank though words stand there: „nie dotyczy” under a question that nobody has to answer."""
_NOTHING_TO_SAY: Final = Outcome(
    FieldStatus.BLANK,
    reason_code=NOTHING_TO_SAY,
    reason="To pytanie jest nieobowiązkowe, a wpis mówi tylko, że nie ma na nie odpowiedzi.",
)
_NO_ANSWER: Final = frozenset({"nie dotyczy", "n d", "nd"})
_NO_WORDS: Final = _NO_ANSWER | {"brak", "nie mam", "nie ma", "zadne", "zadnych", "bez uwag"}


def _is_nothing(leaf: Leaf, text: str) -> bool:
    """Whether somebody answers an optional question by saying that there is nothing to answer. Of words alone: under
    a question with options „brak” may be meant as one of them."""
    words = _NO_WORDS if leaf.type in (LeafType.TEXT, LeafType.LONG_TEXT) else _NO_ANSWER
    return not leaf.required and plain(text) in words


def example(leaf: Leaf) -> str:
    """A sentence that asks for an answer of this kind and shows one."""
    return _EXAMPLES[leaf.type]


def blank(leaf: Leaf) -> Outcome:
    """An answer that is not there; of a required question this is a reason to ask."""
    if not leaf.required:
        return _BLANK
    return Outcome(
        FieldStatus.BLANK, None, "required_blank", f"To pole jest obowiązkowe, a jest puste. {_EXAMPLES[leaf.type]}"
    )


_EXAMPLES: Final[Mapping[LeafType, str]] = {
    LeafType.TEXT: "Proszę wpisać odpowiedź.",
    LeafType.LONG_TEXT: "Proszę odpowiedzieć w kilku zdaniach.",
    LeafType.NAME: "Proszę wpisać imię lub nazwisko literami, na przykład Kowalska-Nowak.",
    LeafType.PESEL: "Proszę wpisać 11 cyfr numeru PESEL (na przykład 02611210085) albo słowa „brak PESEL”.",
    LeafType.DATE: "Proszę wpisać dzień, miesiąc i rok, na przykład 12.03.1985.",
    LeafType.EMAIL: "Proszę wpisać adres e-mail, na przykład imie@example.pl.",
    LeafType.PHONE: "Proszę wpisać numer telefonu, na przykład 600 100 200.",
    LeafType.ACCOUNT: "Proszę wpisać 26 cyfr numeru rachunku, na przykład 12 3456 7890 1234 5678 9012 3456.",
    LeafType.POSTCODE: "Proszę wpisać kod pocztowy, na przykład 83-300.",
    LeafType.GMINA: "Proszę wpisać nazwę gminy i powiat, na przykład „Żukowo, powiat kartuski”.",
    LeafType.POWIAT: "Proszę wpisać nazwę powiatu (na przykład „kartuski”) albo kod TERYT (na przykład 2205).",
    LeafType.NIP: "Proszę wpisać 10 cyfr numeru NIP, na przykład 778-13-46-888.",
    LeafType.CHOICE: "Proszę wybrać jedną z podanych odpowiedzi.",
    LeafType.CHOICES: "Proszę zaznaczyć co najmniej jedną z podanych odpowiedzi.",
    LeafType.STATEMENT: "Proszę zaznaczyć kratkę przy tym oświadczeniu, na przykład znakiem X.",
    LeafType.CONSENT: "Proszę zaznaczyć kratkę, jeżeli wyraża Pani / Pan zgodę, albo „nie”.",
}

# --- text ------------------------------------------------------------------------------------------------------------

_ONLY_SIGNS: Final = re.compile(r"[\W_]*")
_PROMPTS: Final = tuple(sorted(PLACEHOLDERS.values(), key=len, reverse=True))
_PROMPT_WORDS: Final = frozenset(plain(prompt) for prompt in _PROMPTS) | frozenset(
    map(
        plain,
        (
            "Kliknij lub naciśnij tutaj, aby wprowadzić tekst.",
            "Kliknij tutaj, aby wprowadzić tekst.",
            "Kliknij lub naciśnij, aby wprowadzić datę.",
            "Kliknij tutaj, aby wprowadzić datę.",
            "Wybierz element.",
            "Click or tap here to enter text.",
            "Click here to enter text.",
            "Click or tap to enter a date.",
            "Choose an item.",
            "Wpisz tekst",
            "Wpisz tekst tutaj",
            "Wprowadź tekst",
            "Wpisz odpowiedź",
            "Wybierz",
            "Wybierz z listy",
            "Wybierz datę",
        ),
    )
)


def without_filler(text: str) -> str:
    """The answer without the prompt of its field and without dotted or underscored lines around it."""
    for prompt in _PROMPTS:
        text = text.replace(prompt, " ")
    lines = [_without_dots(line) for line in text.splitlines()]
    answer = "\n".join(line for line in lines if line.strip())
    if _ONLY_SIGNS.fullmatch(answer) or plain(answer) in _PROMPT_WORDS:
        return ""
    return answer


_FILLER_CHARS: Final = " \t\u00a0\u2002.…_-–—"


def _without_dots(line: str) -> str:
    """The line without the dotted or underscored line it was written on; a full stop of its own stays."""
    line = line.strip()
    rest = line.lstrip(_FILLER_CHARS)
    head = line[: len(line) - len(rest)]
    if "…" in head or len(head.strip()) > 1:
        line = rest
    rest = line.rstrip(_FILLER_CHARS)
    tail = line[len(rest) :]
    signs = len("".join(tail.split()))
    if "…" in tail or "__" in tail or signs > 2 or (signs == 2 and tail[0].isspace()):
        # A full stop right behind a word, before dots of another kind, is the sentence's own.
        line = rest + "." if rest and re.match(r"\.[^.]", tail) else rest
    return line


def _one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _text(text: str) -> Outcome:
    return Outcome(FieldStatus.READ, _one_line(text))


def _name(text: str) -> Outcome:
    """A first name or a surname, spelt with capital letters where they belong; what was typed stays beside it."""
    spelt = spelt_name(text)
    if spelt is not None:
        return Outcome(FieldStatus.READ, spelt)
    return Outcome(
        FieldStatus.UNREADABLE,
        None,
        "name",
        "W tym polu stoi coś innego niż imię lub nazwisko (na przykład cyfry). Proszę wpisać je literami, "
        "na przykład Kowalska-Nowak.",
        0,
    )


# --- numbers and addresses -------------------------------------------------------------------------------------------

_AMBIGUOUS_FAULTS: Final = frozenset({"phone_several", "email_several", "email_typo", "nrb_several"})
_Checked = TypeVar("_Checked")


def _fault(fault: Fault) -> Outcome:
    status = FieldStatus.AMBIGUOUS if fault.code in _AMBIGUOUS_FAULTS else FieldStatus.UNREADABLE
    return Outcome(status, None, fault.code, fault.sentence, 0)


def _by(check: Callable[[str], _Checked | Fault], value: Callable[[_Checked], str]) -> Callable[[str], Outcome]:
    def read(text: str) -> Outcome:
        checked = check(_one_line(text))
        return _fault(checked) if isinstance(checked, Fault) else Outcome(FieldStatus.READ, value(checked))

    return read


def _e164(phone: Phone) -> str:
    return phone.dialled


def _address(email: Email) -> str:
    return email.address


def _account_digits(account: Nrb) -> str:
    return account.digits


def _nip_digits(nip: Nip) -> str:
    return nip.digits


def _postcode_text(postcode: Postcode) -> str:
    return postcode.text


_CHECKS: Final[Mapping[LeafType, Callable[[str], Outcome]]] = {
    LeafType.PHONE: _by(check_phone, _e164),
    LeafType.EMAIL: _by(check_email, _address),
    LeafType.ACCOUNT: _by(check_nrb, _account_digits),
    LeafType.NIP: _by(check_nip, _nip_digits),
    LeafType.POSTCODE: _by(check_postcode, _postcode_text),
}

_NO_PESEL: Final = re.compile(
    r"(?:brak(?: (?:nr|numeru))?(?: pesel)?|nie (?:mam|posiadam|dotyczy)(?: (?:nr|numeru))?(?: pesel)?)"
)


def _pesel(leaf: Leaf, marks: tuple[Mark, ...], text: str) -> Outcome:
    says_none = bool(_NO_PESEL.fullmatch(plain(text)))
    undecided = any(mark.checked is None for mark in marks)
    ticked = any(mark.checked for mark in marks)
    if text and not says_none and (ticked or undecided):
        return Outcome(
            FieldStatus.CONTRADICTORY,
            None,
            "pesel_and_none",
            f"Wpisano numer PESEL i zaznaczono „{NO_PESEL_LABEL}”. Proszę zostawić jedno z dwojga: "
            "11 cyfr numeru (na przykład 02611210085) albo zaznaczoną kratkę.",
            0,
        )
    if says_none or ticked:
        return Outcome(FieldStatus.READ, NO_PESEL)
    if undecided:
        return _undecided_box()
    if not text:
        return blank(leaf)
    checked = check_pesel(text)
    return _fault(checked) if isinstance(checked, Fault) else Outcome(FieldStatus.READ, checked.digits)


def _gmina(text: str, territory: Territory) -> Outcome:
    found = territory.find_gmina(_one_line(text))
    if len(found) == 1:
        return Outcome(FieldStatus.READ, found[0].code)
    if not found:
        return Outcome(
            FieldStatus.UNREADABLE,
            None,
            "gmina_unknown",
            "Nie udało się rozpoznać gminy. Proszę podać jej urzędową nazwę z powiatem (na przykład „Żukowo, powiat "
            "kartuski”) albo siedmiocyfrowy kod TERYT (na przykład 2205083).",
            0,
        )
    return Outcome(
        FieldStatus.AMBIGUOUS,
        None,
        "gmina_several",
        f"Ta odpowiedź może oznaczać więcej niż jedną gminę: {_listed(found, territory)}. Proszę dopisać powiat "
        "(na przykład „Żukowo, powiat kartuski”) albo podać siedmiocyfrowy kod TERYT (na przykład 2205083).",
        0,
    )


def _powiat(text: str, territory: Territory) -> Outcome:
    found = territory.find_powiat(_one_line(text))
    if len(found) == 1:
        return Outcome(FieldStatus.READ, found[0].code)
    if not found:
        return Outcome(
            FieldStatus.UNREADABLE,
            None,
            "powiat_unknown",
            "Nie udało się rozpoznać powiatu. Proszę podać jego urzędową nazwę (na przykład „kartuski”) albo "
            "czterocyfrowy kod TERYT (na przykład 2205).",
            0,
        )
    return Outcome(
        FieldStatus.AMBIGUOUS,
        None,
        "powiat_several",
        f"Ta odpowiedź może oznaczać więcej niż jeden powiat: {_listed(found, territory)}. Proszę dopisać województwo "
        "albo podać czterocyfrowy kod TERYT (na przykład 2205).",
        0,
    )


_MOST_LISTED: Final = 5


def _listed(units: tuple[Unit, ...], territory: Territory) -> str:
    """The units that may be meant, each with what it lies in. These are public names, not anybody's data."""
    named = [territory.described(unit) for unit in units[:_MOST_LISTED]]
    return "; ".join(named) + (" i inne" if len(units) > _MOST_LISTED else "")


# --- dates -----------------------------------------------------------------------------------------------------------

_MONTHS: Final = (
    "stycznia styczen sty", "lutego luty lut", "marca marzec mar", "kwietnia kwiecien kwi", "maja maj",
    "czerwca czerwiec cze", "lipca lipiec lip", "sierpnia sierpien sie", "wrzesnia wrzesien wrz",
    "pazdziernika pazdziernik paz", "listopada listopad lis", "grudnia grudzien gru",
)  # fmt: skip
_ROMAN: Final = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_MONTH_NUMBER: Final = {
    **{word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split()},
    **{roman: number for number, roman in enumerate(_ROMAN, start=1)},
}
# In plain text (no diacritics, signs turned to spaces) every spelling of a date is three words.
_DAY_FIRST: Final = re.compile(r"(?<!\d)(\d{1,2}) (\d{1,2}|[a-z]+) (\d{4})(?!\d)")
_YEAR_FIRST: Final = re.compile(r"(?<!\d)(\d{4}) (\d{1,2}|[a-z]+) (\d{1,2})(?!\d)")
_EIGHT_DIGITS: Final = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)")
_SHORT_YEAR: Final = re.compile(r"(?<!\d)\d{1,2} (?:\d{1,2}|[a-z]+) \d{2}(?!\d)")


def _date(text: str, behind: str) -> Outcome:
    """The one date within the text. ``behind`` is what the date control keeps for programs; it counts only where the
    text says nothing, because programs forget to update it."""
    words = plain(text)
    whole_months = (*_DAY_FIRST.findall(words),)
    found = {parsed for day, month, year in whole_months if (parsed := _day(year, month, day))}
    found |= {parsed for year, month, day in _YEAR_FIRST.findall(words) if (parsed := _day(year, month, day))}
    if not found:
        found = {parsed for day, month, year in _EIGHT_DIGITS.findall(words) if (parsed := _day(year, month, day))}
    if not found and not re.search(r"\d{1,2} \S+ \d", words) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", behind):
        found = {behind}
    if len(found) == 1:
        return Outcome(FieldStatus.READ, found.pop())
    example = "Proszę podać dzień, miesiąc i rok czterema cyframi, na przykład 12.03.1985 albo 12 marca 1985 r."
    if found:
        return Outcome(FieldStatus.AMBIGUOUS, None, "date_several", f"Podano więcej niż jedną datę. {example}", 0)
    if _SHORT_YEAR.search(words):
        return Outcome(FieldStatus.AMBIGUOUS, None, "date_short_year", f"Rok zapisano dwiema cyframi. {example}", 0)
    return Outcome(
        FieldStatus.UNREADABLE, None, "date", f"Nie udało się odczytać daty albo takiego dnia nie ma. {example}", 0
    )


_FIRST_BIRTH_YEAR: Final = 1900
_INVENTED_FROM, _INVENTED_TO = 2200, 2299
"""No candidate is born then, and PESEL has a month for it: the people of tests and of the demo are."""


def _plausible_birth(outcome: Outcome) -> Outcome:
    """A day of birth that nobody who writes today can have is asked for. What day it is today is not known here."""
    if outcome.status is not FieldStatus.READ:
        return outcome
    year = date.fromisoformat(str(outcome.value)).year
    if _FIRST_BIRTH_YEAR <= year < 2100 or _INVENTED_FROM <= year <= _INVENTED_TO:
        return outcome
    return Outcome(
        FieldStatus.AMBIGUOUS,
        None,
        "birth_date_implausible",
        "Rok urodzenia wygląda na pomyłkę. Proszę podać dzień, miesiąc i rok czterema cyframi, na przykład 12.03.1985.",
        0,
    )


def _day(year: str, month: str, day: str) -> str | None:
    number = int(month) if month.isdigit() else _MONTH_NUMBER.get(month)
    if number is None:
        return None
    try:
        return date(int(year), number, int(day)).isoformat()
    except ValueError:
        return None


# --- boxes and choices -----------------------------------------------------------------------------------------------

_YES: Final = frozenset({"tak", "x", "v", "t", "zgadzam sie", "wyrazam zgode", "oswiadczam", "yes"})
_SIGNS_OF_YES: Final = frozenset({"✓", "✔", "√", "+"})
_DASHES: Final = frozenset({"-", "–", "—"})
_NO: Final = frozenset({"nie", "n", "nie zgadzam sie", "nie wyrazam zgody", "no"})


def _undecided_box() -> Outcome:
    return Outcome(
        FieldStatus.AMBIGUOUS,
        None,
        "box_unclear",
        "Znak w kratce nie zgadza się z jej stanem, więc nie wiadomo, czy jest zaznaczona. "
        "Proszę zaznaczyć ją jeszcze raz kliknięciem albo napisać „tak” lub „nie”.",
        0,
    )


def _ticked(leaf: Leaf, marks: tuple[Mark, ...], text: str) -> Outcome:
    """A statement or consent: one box, a pair of boxes „tak” and „nie”, or a typed word."""
    if any(mark.checked is None for mark in marks):
        return _undecided_box()
    pair = [(plain(mark.label) in _NO, mark.checked) for mark in marks]
    if any(negative for negative, _ in pair):
        chosen = {not negative for negative, checked in pair if checked}
        if len(chosen) == 1:
            return Outcome(FieldStatus.READ, chosen.pop())
        if chosen:
            return Outcome(
                FieldStatus.AMBIGUOUS,
                None,
                "yes_and_no",
                "Zaznaczono jednocześnie „tak” i „nie”. Proszę zaznaczyć jedną kratkę, na przykład „tak”.",
                0,
            )
        return blank(leaf)
    if any(mark.checked for mark in marks):
        return Outcome(FieldStatus.READ, True)
    if text in _DASHES:
        # A dash in place of the box: a tick to one person, a refusal to another.
        return _undecided_box()
    word = plain(text) or text.strip().casefold()
    if word == "tak nie":
        # Both printed, neither struck out.
        return blank(leaf)
    if word in _YES or text.strip() in _SIGNS_OF_YES:
        return Outcome(FieldStatus.READ, True, certainty=90)
    if word in _NO:
        return Outcome(FieldStatus.READ, False, certainty=90)
    if marks and not word:
        return Outcome(FieldStatus.READ, False)
    if not word:
        return blank(leaf)
    return Outcome(
        FieldStatus.UNREADABLE,
        None,
        "box_text",
        "Nie wiadomo, czy kratka jest zaznaczona. Proszę wstawić w niej znak X albo napisać „tak” lub „nie”.",
        0,
    )


def _option(leaf: Leaf, mark: Mark) -> Option | None:
    """The option a box belongs to: by its tag, else by its words."""
    for option in leaf.options:
        if mark.code == option.code:
            return option
    words = plain(mark.label)
    return next((option for option in leaf.options if words in option.names), None)


def _said_beside(leaf: Leaf, mark: Mark) -> tuple[Option | None, str]:
    """What somebody wrote behind the words of a box that is not ticked: „osoby starsze – tak”."""
    words = plain(mark.label)
    for option in leaf.longest_first:
        label = option.words
        if words.startswith(f"{label} ") and not any(words in other.names for other in leaf.options):
            return option, words[len(label) :].strip()
    return None, ""


def _named_in(leaf: Leaf, text: str) -> list[Option]:
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


def _shortened(leaf: Leaf, text: str) -> tuple[Option, ...]:
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


def _begun_beside(leaf: Leaf, named: Sequence[Option], text: str) -> list[Option]:
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


def _marked(leaf: Leaf, text: str) -> bool:
    rest = text.casefold()
    for label in sorted((option.label.casefold() for option in leaf.options), key=len, reverse=True):
        rest = rest.replace(label, " ", 1)
    return bool(re.search(r"[^\s/\\,;|.()*…_–—-]", rest))


def _says_more(leaf: Leaf, text: str) -> bool:
    """Whether words are left when those of the options are taken away."""
    rest = plain(text)
    for option in leaf.longest_first:
        rest = _whole_words(option.words).sub(" ", rest)
    return bool(re.sub(r"\b(?:i|oraz|a takze|\d{1,2}|[a-z])\b", " ", rest).strip())


def _unknown_choice() -> Outcome:
    return Outcome(
        FieldStatus.UNREADABLE,
        None,
        "choice_unknown",
        "Odpowiedź nie jest żadną z podanych w formularzu. Proszę wybrać jedną z nich i wpisać ją dosłownie "
        "albo zaznaczyć znakiem X.",
        0,
    )


def _chosen(leaf: Leaf, marks: tuple[Mark, ...], text: str, *, printed: bool) -> tuple[Option, ...] | Outcome:
    """What was chosen, in the order of the form; none is an empty tuple. ``printed`` says that all options in words
    may be somebody's printed list."""
    if any(mark.checked is None for mark in marks):
        return _undecided_box()
    ticked = [_option(leaf, mark) for mark in marks if mark.checked]
    beside = [_said_beside(leaf, mark) for mark in marks if not mark.checked]
    ticked += [option for option, word in beside if option is not None and word in _YES]
    if not ticked and any(word and word not in _NO for _, word in beside):
        return _undecided_box()
    if None in ticked:
        return _unknown_choice()
    named = _named_in(leaf, text) if text else []
    if not ticked and not named and _is_nothing(leaf, text):
        return _NOTHING_TO_SAY
    if text and not ticked and (not named or _says_more(leaf, text)):
        named = list(_shortened(leaf, text)) or [*named, *_begun_beside(leaf, named, text)]
    if text and not named and not ticked:
        return _unknown_choice()
    if not ticked and len(named) == len(leaf.options) > 1:
        # The printed list with nothing struck out; any other sign between the options may be somebody's mark.
        return _undecided_box() if _marked(leaf, text) else () if printed else tuple(named)
    return tuple(option for option in leaf.options if option in ticked or option in named)


def _choice(leaf: Leaf, marks: tuple[Mark, ...], text: str, *, printed: bool) -> Outcome:
    chosen = _chosen(leaf, marks, text, printed=printed)
    if isinstance(chosen, Outcome):
        return chosen
    if not chosen:
        return blank(leaf)
    if len(chosen) > 1:
        return Outcome(
            FieldStatus.AMBIGUOUS,
            None,
            "choice_several",
            "Wybrano więcej niż jedną odpowiedź. Proszę zostawić tylko jedną, na przykład zaznaczoną znakiem X.",
            0,
        )
    exact = not text or plain(text) in chosen[0].names
    return Outcome(FieldStatus.READ, chosen[0].code, certainty=100 if exact else 75)


def _choices(leaf: Leaf, marks: tuple[Mark, ...], text: str, *, printed: bool) -> Outcome:
    chosen = _chosen(leaf, marks, text, printed=printed)
    if isinstance(chosen, Outcome):
        return chosen
    if not chosen:
        return blank(leaf)
    whole = not _says_more(leaf, text)
    if not marks and not whole and not _shortened(leaf, text):
        return Outcome(
            FieldStatus.AMBIGUOUS,
            None,
            "choice_partly",
            "Część wpisu nie jest żadną z podanych odpowiedzi, więc nie wiadomo, co jeszcze zaznaczyć. Proszę wybrać "
            "odpowiedzi z formularza i wpisać je dosłownie albo zaznaczyć znakiem X.",
            0,
        )
    if len(chosen) > 1 and any(_NONE_OF_THEM.match(option.words) for option in chosen):
        return Outcome(
            FieldStatus.AMBIGUOUS,
            None,
            "none_and_others",
            "Zaznaczono odpowiedź, która wyklucza pozostałe (na przykład „żadne z wymienionych”), a obok niej inne. "
            "Proszę zostawić albo ją, albo pozostałe.",
            0,
        )
    return Outcome(FieldStatus.READ, tuple(option.code for option in chosen), certainty=100 if whole or marks else 75)


_NONE_OF_THEM: Final = re.compile(r"(?:(?:w|z|do) )?zad(?:en|n\w*)\b|nie dotyczy\b")
"""How the label of an answer begins that rules all others out."""


# --- answers against each other --------------------------------------------------------------------------------------

BIRTH_DATE: Final = "data_urodzenia"
SEX: Final = "plec"


def cross_check(form: FormDefinition, readings: Mapping[str, FieldReading]) -> dict[str, FieldReading]:
    """The readings with those set to *contradictory* that cannot both be true: a PESEL number against the date of
    birth and the sex. Both sides are marked, because nobody knows which of them is the mistake."""
    checked = dict(readings)
    pesel_leaf = next((leaf for leaf in form.leaves if leaf.type == LeafType.PESEL), None)
    reading = checked.get(pesel_leaf.key) if pesel_leaf else None
    if reading is None or reading.status != FieldStatus.READ or not isinstance(reading.value, str):
        return checked
    pesel = check_pesel(reading.value)
    if not isinstance(pesel, Pesel):
        return checked
    born, sex = checked.get(BIRTH_DATE), checked.get(SEX)
    if born is not None and born.status == FieldStatus.READ and born.value != pesel.born.isoformat():
        sentence = (
            "Data urodzenia nie zgadza się z numerem PESEL. Proszę sprawdzić jedno i drugie w dowodzie osobistym "
            "(na przykład numer 02611210085 oznacza datę 12.01.2202)."
        )
        for side in (reading, born):
            checked[side.key] = _contradictory(side, "pesel_birth_date", sentence)
    declared = _SEX_OF_CODE.get(str(sex.value)[:1]) if sex is not None and sex.status == FieldStatus.READ else None
    if sex is not None and declared is not None and declared != pesel.sex:
        sentence = (
            "Zaznaczona płeć nie zgadza się z numerem PESEL. Proszę sprawdzić obie odpowiedzi "
            "(przedostatnia cyfra numeru jest u kobiet parzysta, na przykład 0, u mężczyzn nieparzysta, na przykład 1)."
        )
        for side in (checked[reading.key], sex):
            if side.status == FieldStatus.READ:
                checked[side.key] = _contradictory(side, "pesel_sex", sentence)
    return checked


def against_receipt(readings: Sequence[FieldReading], received_on: date) -> tuple[FieldReading, ...]:
    """The readings with a date of birth set to *contradictory* that is not before the day of receipt: most often
    somebody wrote the day of signing. The years of invented people are let pass."""
    return tuple(
        _contradictory(
            reading,
            "born_after_receipt",
            "Data urodzenia jest późniejsza niż dzień, w którym wpłynął formularz. Proszę ją sprawdzić i podać jeszcze "
            "raz, na przykład 12.03.1985.",
        )
        if reading.key == BIRTH_DATE
        and reading.status is FieldStatus.READ
        and received_on.isoformat() <= str(reading.value) < f"{_INVENTED_FROM}"
        else reading
        for reading in readings
    )


_SEX_OF_CODE: Final = {"k": Sex.WOMAN, "m": Sex.MAN}


def _contradictory(reading: FieldReading, code: str, sentence: str) -> FieldReading:
    return reading.model_copy(
        update={"status": FieldStatus.CONTRADICTORY, "reason_code": code, "reason": sentence, "certainty": 0}
    )
