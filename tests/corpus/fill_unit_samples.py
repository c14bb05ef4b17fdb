"""Fills the sample forms of ``tests/projects/zagroda/samples`` anew. Run by hand; not a test.

    python tests/corpus/fill_unit_samples.py

A few gminas and a powiat, with invented contacts; what they say is in ``tests/units.py``.
"""

import csv
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / folder) for folder in ("", "flows", "forms"))]

from units import APPLYING, PROJECT, SAMPLES, card_form, gmina_form  # noqa: E402  (the folders of the tests come first)


def main() -> None:
    inbox = PROJECT / "samples" / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    with (inbox / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        manifest = csv.writer(file, lineterminator="\n")
        manifest.writerow(("file", "received_at", "channel"))
        for day, name in enumerate(APPLYING[:SAMPLES], start=1):
            target = f"zgloszenie-{day:02d}.docx"
            (inbox / target).write_bytes(gmina_form(name))
            manifest.writerow((target, f"2018-06-{day:02d}T10:00", "email"))
    cards = PROJECT / "samples" / "cards"
    cards.mkdir(exist_ok=True)
    (cards / "karta-kartuski.docx").write_bytes(card_form("kartuski"))


if __name__ == "__main__":
    main()
