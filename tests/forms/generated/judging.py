"""Whether a reading says what the document says, and whether a mistake in it is a silent one."""

from collections.abc import Sequence
from dataclasses import dataclass

from forms.reader import read_form
from forms.reading import FieldReading
from generated.variants import Made
from models.errors import FormUnreadable
from models.form_definition import FormDefinition
from models.rules.facts import FieldStatus

SURE = 80
"""From this certainty on, a value may decide without a person having looked at it."""


@dataclass(frozen=True)
class Fault:
    """One field read wrongly. All people are invented, so the values may be shown."""

    document: str
    field: str
    gold: object
    got: str
    silent: bool

    def __str__(self) -> str:
        return f"{'SILENT ' if self.silent else ''}{self.document}: {self.field}: {self.gold!r}, read {self.got}"


@dataclass(frozen=True)
class Judgement:
    fields: int
    faults: tuple[Fault, ...]


def judge(made: Made, forms: Sequence[FormDefinition]) -> Judgement:
    """Every field of a document against what it must say."""
    try:
        reading = read_form(made.data, forms)
    except FormUnreadable as refusal:
        faults = [Fault(made.name, key, gold, f"refused: {refusal.code}", False) for key, gold in made.gold.items()]
        return Judgement(len(made.gold), tuple(faults))
    if reading.form_key != made.form.key:
        wrong = Fault(made.name, "form", made.form.key, reading.form_key, True)
        return Judgement(len(made.gold), (wrong,) * len(made.gold))
    found = [fault for field in reading.fields if (fault := _fault(made, field)) is not None]
    return Judgement(len(made.gold), tuple(found))


def _fault(made: Made, field: FieldReading) -> Fault | None:
    gold = made.gold.get(field.key)
    if field.key in made.misspelt and _offered(made, field):
        return None
    if gold is None:
        right = field.status is FieldStatus.BLANK
    else:
        right = field.status is FieldStatus.READ and same(field.value, gold)
    if right:
        return None
    # Under a misspelt label nothing may be read wrongly, however low its certainty.
    sure = field.status is FieldStatus.READ and (field.certainty >= SURE or field.key in made.misspelt)
    lost = field.status is FieldStatus.BLANK and gold is not None
    how = f"{field.certainty} %, {field.method}, {field.place}, {field.raw!r}, {field.reason_code}"
    got = f"{field.status} {field.value!r} ({how})"
    return Fault(made.name, field.key, gold, got, sure or lost)


def _offered(made: Made, field: FieldReading) -> bool:
    """The answer beside a misspelt label is shown to be confirmed, with the certainty said, never taken as read."""
    suggested = field.status is FieldStatus.AMBIGUOUS and 0 < field.certainty < SURE and "podobna" in field.method
    return suggested and all(_bare(words) in _bare(field.raw) for words in made.shown[field.key])


def _bare(words: str) -> str:
    return "".join(char for char in words.casefold() if char.isalnum())


def same(value: object, gold: object) -> bool:
    """Equal, whatever the breaks of the lines."""
    if isinstance(value, str) and isinstance(gold, str):
        return value.split() == gold.split()
    return value == gold
