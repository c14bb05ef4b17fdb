"""Answers held against each other and against the day of receipt: what cannot be true together is asked for."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from forms.dates import BIRTH_DATE, INVENTED_FROM
from forms.options import SEX
from forms.reading import FieldReading
from models.form_definition import FormDefinition, LeafType
from models.identifiers import Pesel, Sex, check_pesel
from models.rules.facts import FieldStatus


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
        and received_on.isoformat() <= str(reading.value) < f"{INVENTED_FROM}"
        else reading
        for reading in readings
    )


_SEX_OF_CODE: Final = {"k": Sex.WOMAN, "m": Sex.MAN}


def _contradictory(reading: FieldReading, code: str, sentence: str) -> FieldReading:
    return reading.model_copy(
        update={"status": FieldStatus.CONTRADICTORY, "reason_code": code, "reason": sentence, "certainty": 0}
    )
