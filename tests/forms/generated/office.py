"""LibreOffice as people use it: opens documents and saves them in another format."""

import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

from generated.variants import Made

AT_ONCE: Final = 2
"""Processes side by side; each has a profile of its own, or one of two would give up."""
_BATCH: Final = 60


def through_office(soffice: str, documents: Sequence[Made], saved_as: str, folder: Path) -> list[Made]:
    """The documents saved as ``saved_as`` by LibreOffice and, unless that is .docx, opened again and saved as .docx."""
    batches = [documents[first : first + _BATCH] for first in range(0, len(documents), _BATCH)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = pool.map(
            lambda job: _batch(soffice, job[1], saved_as, folder / f"{saved_as}-{job[0]}"), enumerate(batches)
        )
        return [made for batch in done for made in batch]


def _batch(soffice: str, documents: Sequence[Made], saved_as: str, folder: Path) -> list[Made]:
    folder.mkdir(parents=True)
    files = []
    for number, made in enumerate(documents):
        files.append(folder / f"{number:04d}.docx")
        files[-1].write_bytes(made.data)
    for step in dict.fromkeys((saved_as, "docx")):
        files = _converted(soffice, files, step, folder / f"to-{step}", folder / "profile")
    return [replace(made, data=file.read_bytes()) for made, file in zip(documents, files, strict=True)]


def _converted(soffice: str, files: Sequence[Path], suffix: str, into: Path, profile: Path) -> list[Path]:
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", suffix]
    subprocess.run(
        [*command, "--outdir", str(into), *map(str, files)],
        check=True,
        capture_output=True,
        timeout=60 + 5 * len(files),
    )
    return [into / f"{file.stem}.{suffix}" for file in files]
