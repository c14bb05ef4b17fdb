"""What is remarked about a mail, in the words that an officer reads; and which remarks need a person."""

from collections.abc import Mapping, Sequence
from typing import Final

from flows.adapters import mail_decoding as decoding
from flows.adapters import mail_nature as nature
from models.glossary import label
from models.rules.invitation_answers import QUIET, AnswerOutcome
from models.tables.mail import MailKind

ATTACHMENT_KNOWN: Final = "attachment_known"
NUMBER_UNKNOWN: Final = "number_unknown"
NUMBERS_DISAGREE: Final = "numbers_disagree"
MESSAGE_ID_REPEATED: Final = "message_id_repeated"
TOO_LARGE: Final = "too_large"
WITH_ATTACHMENTS: Final = "automatic_with_attachments"
SENT_LONG_AGO: Final = "sent_at_differs"
NO_FORM: Final = "no_form"
UNOPENED: Final = "unopened"
PROGRAM_ERROR: Final = "program_error"
REPORT_ABOUT_NOBODY: Final = "report_about_nobody"
REPORT_OTHER_ADDRESS: Final = "report_other_address"
REPORT_NOT_APPLICABLE: Final = "report_not_applicable"
DELEGATED: Final = "answer_delegated"

_DO: Final[Mapping[AnswerOutcome, str]] = {
    AnswerOutcome.PROPOSED: "proszę odpowiedzieć: nabor meeting counters",
}
_CHECK: Final = "nie uwzględniono jej; proszę sprawdzić i w razie potrzeby wpisać: nabor meeting answer"


def remark_of(outcome: AnswerOutcome) -> str:
    """The code under which a mail remembers what became of the answer in it."""
    return f"answer_{outcome.value}"


_ANSWERS: Final[Mapping[str, str]] = {
    remark_of(one): f"{label(one)}; {_DO.get(one, _CHECK)}" for one in AnswerOutcome if one not in QUIET
}

NEED_A_PERSON: Final[Mapping[str, str]] = {
    TOO_LARGE: "list jest większy niż 30 MB i został tylko na serwerze; proszę otworzyć go w programie pocztowym",
    PROGRAM_ERROR: "program nie umiał rozebrać listu na części; proszę zajrzeć do listu i zgłosić to administratorowi",
    WITH_ATTACHMENTS: "list wysłał automat, ale są w nim załączniki; nie zostały przyjęte jako zgłoszenie",
    nature.MAYBE_AUTOMATIC: "list wygląda na wysłany przez automat, ale nie na pewno",
    decoding.ARCHIVE: "w liście jest spakowany plik (na przykład .zip); programu nie wolno go otwierać samemu",
    decoding.TNEF: "załącznik winmail.dat z programu Outlook; proszę poprosić o zwykłe załączniki",
    decoding.SEALED: "zaszyfrowana część listu, której nie umiemy otworzyć",
    decoding.TOO_DEEP: "zbyt wiele listów jeden w drugim; głębszych nie przeszukano",
    decoding.TOO_MANY_PARTS: "list ma zbyt wiele części; dalszych nie przeszukano",
    MESSAGE_ID_REPEATED: "list ma ten sam identyfikator co inny, ale inną treść; oba zachowano",
    NUMBERS_DISAGREE: "temat i poprzednia korespondencja wskazują różne zgłoszenia",
    REPORT_ABOUT_NOBODY: "zwrot nie wskazuje żadnej naszej wiadomości; może być podrobiony, więc niczego nie zmienił",
    REPORT_OTHER_ADDRESS: "zwrot dotyczy innego adresu niż ten, na który poszła wiadomość; niczego nie zmienił",
    REPORT_NOT_APPLICABLE: "zwrot dotyczy wiadomości, która nie wyszła, wyszła ponownie albo dotarła inną drogą; "
    "niczego nie zmienił",
    NO_FORM: "list dotyczy zgłoszenia, ale nie ma w nim formularza",
    **_ANSWERS,
    DELEGATED: "osoba zaproszona na spotkanie chce przysłać kogoś innego, a udział jest osobisty; proszę to wyjaśnić i "
    "wpisać odpowiedź: nabor meeting answer",
    UNOPENED: "jednego z dokumentów dołączonych do zgłoszenia nie dało się otworzyć; może to być drugi formularz",
}
ONLY_TO_KNOW: Final[Mapping[str, str]] = {
    decoding.INLINE_PICTURES: "obrazki z treści listu pozostawiono w liście",
    decoding.EMPTY_ATTACHMENT: "pominięto pusty załącznik",
    nature.DELIVERY_DELAYED: "serwer odbiorcy opóźnia doręczenie naszej wiadomości",
    nature.SUBJECT_OF_AUTO_REPLY: "temat jak w odpowiedzi automatycznej",
    ATTACHMENT_KNOWN: "taki sam załącznik wpłynął już wcześniej",
    NUMBER_UNKNOWN: "w temacie jest numer zgłoszenia, którego nie ma w rejestrze",
    SENT_LONG_AGO: "data w liście różni się od daty wpływu o więcej niż dobę",
}
WORDS: Final[Mapping[str, str]] = {**NEED_A_PERSON, **ONLY_TO_KNOW}

_OF_KIND: Final[Mapping[MailKind, str]] = {
    MailKind.APPLICATION: "list z załącznikami",
    MailKind.AUTO_REPLY: "odpowiedź automatyczna",
    MailKind.BOUNCE: "zwrot poczty: nasza wiadomość nie dotarła",
    MailKind.CALENDAR: "odpowiedź z kalendarza",
    MailKind.EMPTY: "wiadomość bez załącznika",
    MailKind.OTHER: "list do sprawdzenia",
}


def needs_a_person(remarks: Sequence[str]) -> bool:
    return any(code in NEED_A_PERSON for code in remarks)


def why(kind: MailKind, remarks: Sequence[str], letter_id: int | None) -> str:
    """Why a mail waits, on one line: its kind, and what in it needs a person."""
    head = _OF_KIND[kind]
    if kind is MailKind.BOUNCE and letter_id is not None:
        head = f"{head} (wiadomość {letter_id})"
    said = "; ".join(NEED_A_PERSON[code] for code in remarks if code in NEED_A_PERSON)
    return f"{head}: {said}" if said else head
