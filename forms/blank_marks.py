"""What a blank form says of itself and of its answers, and what is found again by it in a form that comes back."""

from typing import Final

from models.form_definition import LeafType

NO_PESEL: Final = "brak"
"""Value of a PESEL leaf whose candidate has none, and code of the box that says so."""
NO_PESEL_LABEL: Final = "nie mam numeru PESEL"
FORM_PROPERTY: Final = "nabor_formularz"
VERSION_PROPERTY: Final = "nabor_wersja"

PLACEHOLDERS: Final[dict[LeafType, str]] = {
    LeafType.TEXT: "proszę wpisać…",
    LeafType.LONG_TEXT: "proszę wpisać odpowiedź…",
    LeafType.NAME: "proszę wpisać…",
    LeafType.PESEL: "proszę wpisać numer PESEL…",
    LeafType.DATE: "proszę wpisać datę (dd.mm.rrrr)…",
    LeafType.EMAIL: "proszę wpisać adres e-mail…",
    LeafType.PHONE: "proszę wpisać numer telefonu…",
    LeafType.ACCOUNT: "proszę wpisać numer rachunku…",
    LeafType.POSTCODE: "proszę wpisać kod (NN-NNN)…",
    LeafType.GMINA: "proszę wpisać nazwę gminy i powiat…",
    LeafType.POWIAT: "proszę wpisać nazwę powiatu…",
    LeafType.NIP: "proszę wpisać NIP…",
    LeafType.CHOICE: "proszę wybrać z listy…",
}
"""What an empty control shows. Words only: nothing that could pass for an answer when the
mark of a placeholder is lost."""

REQUIRED_NOTE: Final = " – odpowiedź obowiązkowa (przy oświadczeniach: zaznaczenie kratki)."
OFFICE_NOTE: Final = "Wypełnia biuro projektu – data wpływu"
OFFICE_NUMBER: Final = "numer zgłoszenia"
FIXED_TEXTS: Final = (REQUIRED_NOTE, f"{OFFICE_NOTE}: {OFFICE_NUMBER}:", NO_PESEL_LABEL)
"""What every blank prints beside the words of its definition."""


def box_tag(leaf_key: str, code: str) -> str:
    """Tag of one box of several: ``zakres:rodziny``."""
    return f"{leaf_key}:{code}"


def footer_id(key: str, version: str) -> str:
    """How form and version are printed in the footer, and found there again."""
    return f"{key}, wersja {version}"
