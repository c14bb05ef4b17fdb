"""A form, defined once: from this the blank Word form is made, and by this a filled-in one is read back.

A field of type *address* or *institution* is one question to the candidate and several answers to us, so
everything that stores or judges answers works on the **leaves** of a form (``adres.kod``, ``instytucja.nip``).
"""

from enum import StrEnum
from functools import cached_property
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.territory import plain

KEY = r"^[a-z][a-z0-9_]*$"


class Strict(BaseModel):
    """Definitions are read from files that people write: nothing unknown passes, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FieldType(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    NAME = "name"
    PESEL = "pesel"
    DATE = "date"
    EMAIL = "email"
    PHONE = "phone"
    ACCOUNT = "account"
    GMINA = "gmina"
    POWIAT = "powiat"
    ADDRESS = "address"
    INSTITUTION = "institution"
    CHOICE = "choice"
    CHOICES = "choices"
    STATEMENT = "statement"
    CONSENT = "consent"


class LeafType(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    NAME = "name"
    PESEL = "pesel"
    DATE = "date"
    EMAIL = "email"
    PHONE = "phone"
    ACCOUNT = "account"
    POSTCODE = "postcode"
    GMINA = "gmina"
    POWIAT = "powiat"
    NIP = "nip"
    CHOICE = "choice"
    CHOICES = "choices"
    STATEMENT = "statement"
    CONSENT = "consent"


class Sensitivity(StrEnum):
    """Who may see an answer: the commission sees ``OPEN`` only; ``SENSITIVE`` ones may be refused by the candidate."""

    OPEN = "open"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class FormPurpose(StrEnum):
    """What becomes of a filled-in form."""

    APPLICATION = "application"
    PAY_STATEMENT = "pay_statement"
    """A member's statement for taxes and insurance: it belongs to a seat in a paid group, and makes no application."""


class Option(Strict):
    code: str = Field(pattern=KEY)
    label: str

    @cached_property
    def words(self) -> str:
        """The label for comparison."""
        return plain(self.label)

    @cached_property
    def names(self) -> tuple[str, str]:
        """Label and code for comparison."""
        return self.words, plain(self.code)


class Leaf(Strict):
    """One answer a form yields: a whole field, or one part of an address or an institution."""

    key: str
    label: str
    type: LeafType
    required: bool
    help: str = ""
    options: tuple[Option, ...] = ()
    sensitivity: Sensitivity = Sensitivity.PERSONAL
    aliases: tuple[str, ...] = ()
    """Other wordings of the label, as people retype it."""
    group: str = ""
    """Key of the field this leaf is a part of; empty for a field that is its own leaf."""

    @cached_property
    def longest_first(self) -> tuple[Option, ...]:
        """The options so that „niepubliczna” is looked for before „publiczna”."""
        return tuple(sorted(self.options, key=lambda option: len(option.label), reverse=True))


# Parts of the two composite fields: suffix, Polish label, type, required when the field is.
ADDRESS_PARTS = (
    ("ulica", "Ulica, nr domu i lokalu", LeafType.TEXT, True),
    ("kod", "Kod pocztowy", LeafType.POSTCODE, True),
    ("miejscowosc", "Miejscowość", LeafType.TEXT, True),
    ("gmina", "Gmina", LeafType.GMINA, True),
)
INSTITUTION_PARTS = (
    ("nazwa", "Nazwa instytucji", LeafType.TEXT, True),
    ("nip", "NIP instytucji", LeafType.NIP, True),
    ("obszar", "Obszar kooperacji", LeafType.CHOICE, True),
    ("poziom", "Poziom instytucji", LeafType.CHOICE, True),
    ("gmina", "Gmina siedziby lub działania instytucji", LeafType.GMINA, True),
    ("stanowisko", "Stanowisko / funkcja", LeafType.TEXT, True),
)


class FormField(Strict):
    key: str = Field(pattern=KEY)
    label: str
    type: FieldType = Field(strict=False)
    required: bool = True
    help: str = ""
    evidence_for: tuple[str, ...] = Field(default=(), strict=False)
    """Codes of the criteria this answer is evidence for."""
    options: tuple[Option, ...] = Field(default=(), strict=False)
    sensitivity: Sensitivity = Field(default=Sensitivity.PERSONAL, strict=False)
    aliases: tuple[str, ...] = Field(default=(), strict=False)
    part_options: dict[str, tuple[Option, ...]] = Field(default={}, strict=False)
    """Options of the choice parts of a composite field (``obszar``, ``poziom`` of an institution)."""
    part_aliases: dict[str, tuple[str, ...]] = Field(default={}, strict=False)

    @model_validator(mode="after")
    def _options_where_needed(self) -> Self:
        if self.type in (FieldType.CHOICE, FieldType.CHOICES) and len(self.options) < 2:
            raise ValueError(f"pole „{self.key}” jest wyborem, więc potrzebuje co najmniej dwóch opcji (options)")
        if self.type == FieldType.INSTITUTION:
            for part in ("obszar", "poziom"):
                if not self.part_options.get(part):
                    raise ValueError(f"pole „{self.key}” (instytucja) potrzebuje opcji części „{part}” (part_options)")
        return self

    @model_validator(mode="after")
    def _numbers_of_people_are_not_open(self) -> Self:
        if self.type in (FieldType.PESEL, FieldType.ACCOUNT) and self.sensitivity == Sensitivity.OPEN:
            raise ValueError(
                f"pole „{self.key}” ma numer jednej osoby; sensitivity musi być personal albo sensitive, "
                "bo pola „open” widzi Komisja"
            )
        return self

    def leaves(self) -> tuple[Leaf, ...]:
        if self.type in (FieldType.ADDRESS, FieldType.INSTITUTION):
            parts = ADDRESS_PARTS if self.type == FieldType.ADDRESS else INSTITUTION_PARTS
            open_part = self.type == FieldType.INSTITUTION
            return tuple(
                Leaf(
                    key=f"{self.key}.{suffix}",
                    label=label,
                    type=leaf_type,
                    required=self.required and required,
                    options=self.part_options.get(suffix, ()),
                    sensitivity=Sensitivity.OPEN if open_part else self.sensitivity,
                    aliases=self.part_aliases.get(suffix, ()),
                    group=self.key,
                )
                for suffix, label, leaf_type, required in parts
            )
        return (
            Leaf(
                key=self.key,
                label=self.label,
                type=LeafType(self.type.value),
                required=self.required or self.type == FieldType.STATEMENT,
                help=self.help,
                options=self.options,
                sensitivity=self.sensitivity,
                aliases=self.aliases,
            ),
        )


class FormSection(Strict):
    title: str
    intro: str = ""
    fields: tuple[FormField, ...] = Field(strict=False)


class FormDefinition(Strict):
    """One form of a project. ``key`` is its code (``zalacznik_1_pgr``), ``version`` what is printed in its footer."""

    schema_version: Literal[1]
    key: str = Field(pattern=KEY)
    version: str
    purpose: FormPurpose = Field(default=FormPurpose.APPLICATION, strict=False)
    group_kind: str = ""
    """Whose application it is; empty for a statement, which serves every paid group."""
    title: str
    subtitle: str = ""
    intro: str = ""
    sections: tuple[FormSection, ...] = Field(strict=False)
    signature_line: str = "Data i czytelny podpis kandydatki / kandydata"
    closing: str = ""
    """Data-protection notice or other text under the last section; paragraphs separated by blank lines."""

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        return tuple(leaf for section in self.sections for field in section.fields for leaf in field.leaves())

    def leaf(self, key: str) -> Leaf:
        for leaf in self.leaves:
            if leaf.key == key:
                return leaf
        raise KeyError(key)

    @model_validator(mode="after")
    def _applications_are_of_a_group(self) -> Self:
        if self.purpose is FormPurpose.APPLICATION and not self.group_kind:
            raise ValueError("formularz zgłoszeniowy musi wskazywać rodzaj grupy (group_kind)")
        return self

    @model_validator(mode="after")
    def _keys_once(self) -> Self:
        keys = [leaf.key for leaf in self.leaves]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(f"klucze pól powtarzają się: {', '.join(twice)}")
        return self
