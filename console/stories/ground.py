"""Where a story is played: a fresh folder, and the settings of its office."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from models.errors import BadInput

MARKER = ".nabor-demo"


def clear(folder: Path, *, keeping: Sequence[str] = ()) -> None:
    """Makes the folder ready for a demo. Raises ``BadInput`` for one that holds something else."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise BadInput(f"Folder „{folder}” istnieje i nie jest folderem dema. Podaj inny: --folder.")
        for left in folder.iterdir():
            if left.is_dir():
                shutil.rmtree(left)
            elif left.name not in keeping:
                left.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("Folder dema Nabór; kolejne demo go zastąpi.\n", encoding="utf-8")


@contextmanager
def environment(folder: Path, smtp_port: int, databases: Mapping[str, str]) -> Iterator[None]:
    """The settings of the demo's office, as flows and commands read them; the officer's own environment does not
    matter."""
    settings: Mapping[str, str] = {
        "NABOR_DATA": str((folder / "data").resolve()),
        "NABOR_KEYS": str((folder / "keys" / "nabor-keys.json").resolve()),
        "NABOR_SMTP_HOST": "127.0.0.1",
        "NABOR_SMTP_PORT": str(smtp_port),
        "NABOR_SMTP_SECURITY": "none",
        "NABOR_SMTP_ALLOW_RESERVED": "true",
        "NABOR_SMTP_RATE_PER_MINUTE": "6000",
        **databases,
    }
    before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("NABOR_")}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name in settings:
            os.environ.pop(name, None)
        os.environ.update(before)
