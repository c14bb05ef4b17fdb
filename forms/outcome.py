"""What an answer says: a value, or a status with a code and a Polish sentence that tells what is wrong.

The sentences give an example and never quote the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.form_definition import Leaf, LeafType
from models.rules.facts import FactValue, FieldStatus
from models.territory import plain


@dataclass(frozen=True)
class Outcome:
    """What an answer says. ``certainty`` (0 to 100) is about the wording; the place it came from may lower it."""

    status: FieldStatus
    value: FactValue = None
    reason_code: str = ""
    reason: str = ""
    certainty: int = 100


_BLANK: Final = Outcome(FieldStatus.BLANK)
NOTHING_TO_SAY: Final = "nothing_to_say"
"""Why an answer is blank though words stand there: „nie dotyczy” under a question that nobody has to answer."""
SAYS_NOTHING: Final = Outcome(
    FieldStatus.BLANK,
    reason_code=NOTHING_TO_SAY,
    reason="To pytanie jest nieobowiązkowe, a wpis mówi tylko, że nie ma na nie odpowiedzi.",
)
_NO_ANSWER: Final = frozenset({"nie dotyczy", "n d", "nd"})
_NO_WORDS: Final = _NO_ANSWER | {"brak", "nie mam", "nie ma", "zadne", "zadnych", "bez uwag"}


def is_nothing(leaf: Leaf, text: str) -> bool:
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
