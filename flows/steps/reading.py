"""What received files say, whatever program they were written with.

What is not ours to read is made into .docx by LibreOffice first, where the office has one; all reading happens in the
isolated pool. One bad file never stops the others.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from flows.adapters.libreoffice import BATCH, LibreOffice, libreoffice_of
from flows.adapters.settings import Settings
from forms.kinds import CONVERTIBLE, Kind, kind_of
from forms.pool import ReadingPool
from forms.reading import FormReading, Unreadable
from forms.safety import preflight_foreign
from models.errors import FormUnreadable
from models.form_definition import FormDefinition
from models.territory import SHIPPED, Territory


def read_files(
    items: Iterable[tuple[int, bytes]],
    definitions: Sequence[FormDefinition],
    settings: Settings,
    *,
    territory: Territory = SHIPPED,
) -> Iterator[tuple[int, FormReading | Unreadable]]:
    """What each file says, under the number it came with; the order is not kept. Raises nothing because of a file."""
    with ReadingPool(definitions, workers=settings.reading_workers, territory=territory) as pool:
        yield from read_with(pool, items, settings)


def read_with(
    pool: ReadingPool, items: Iterable[tuple[int, bytes]], settings: Settings
) -> Iterator[tuple[int, FormReading | Unreadable]]:
    """The same, in a pool that stays open for more."""
    entrance = _Entrance(libreoffice_of(settings))
    for number, reading in pool.read_all(entrance.readable(items)):
        yield number, entrance.remarked(number, reading)
    yield from entrance.refused.items()


@dataclass
class _Entrance:
    """What passes by on its way to the reader, and what is kept back."""

    libreoffice: LibreOffice | None
    refused: dict[int, Unreadable] = field(default_factory=dict)
    remarks: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _waiting: list[tuple[int, bytes, Kind]] = field(default_factory=list)

    def readable(self, items: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
        """The files that the pool can read, converted ones a batch at a time. Without LibreOffice every file goes to
        the pool as it is: its refusal tells how to save the file as .docx."""
        for number, data in items:
            kind = kind_of(data)
            if self.libreoffice is None or kind not in CONVERTIBLE:
                yield number, data
            elif self._passes(number, data, kind):
                self._waiting.append((number, data, kind))
                if len(self._waiting) == BATCH:
                    yield from self._converted(self.libreoffice)
        if self.libreoffice is not None:
            yield from self._converted(self.libreoffice)

    def remarked(self, number: int, reading: FormReading | Unreadable) -> FormReading | Unreadable:
        """The reading with what was found out before it."""
        if isinstance(reading, Unreadable):
            return reading
        return reading.model_copy(update={"remarks": (*self.remarks.get(number, ()), *reading.remarks)})

    def _passes(self, number: int, data: bytes, kind: Kind) -> bool:
        try:
            report = preflight_foreign(data)
        except FormUnreadable as refusal:
            self.refused[number] = Unreadable(code=refusal.code, sentence=str(refusal))
            return False
        self.remarks[number] = (f"Odczytano po przekształceniu z .{kind} przez LibreOffice.", *report.remarks)
        return True

    def _converted(self, libreoffice: LibreOffice) -> Iterator[tuple[int, bytes]]:
        for number, made in libreoffice.convert(self._waiting).items():
            if isinstance(made, Unreadable):
                self.refused[number] = made
            else:
                yield number, made
        self._waiting.clear()
