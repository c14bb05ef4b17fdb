"""The folder of the bank's files: what lies in ``bank/in`` of the data folder is taken in by name, then taken away."""

from pathlib import Path

from flows.adapters.bank_statements import StatementKind
from flows.adapters.office import Office
from flows.adapters.statement_lines import LARGEST_FILE
from flows.steps.bank_reports import Reconciled, confirm
from models.actor import Actor
from models.errors import BadInput, NotFound


def inbox(office: Office) -> Path:
    """Where an officer puts the bank's files."""
    return office.settings.data / "bank" / "in"


def take_in(office: Office, name: str, *, kind: StatementKind, actor: Actor) -> Reconciled:
    """Takes in the file of that name, and takes it out of the folder once its bytes are kept encrypted.

    A file that cannot be read stays where it is, to be looked at. Raises ``NotFound``, and what ``confirm`` raises.
    """
    path = inbox(office) / name
    if not path.is_file() or path.is_symlink():
        raise NotFound(f"W folderze „bank/in” nie ma pliku „{name}”. Połóż go tam i spróbuj jeszcze raz.")
    if path.stat().st_size > LARGEST_FILE:
        raise BadInput(f"Plik „{name}” jest za duży jak na wyciąg. Pobierz z banku krótszy okres.")
    done = confirm(office, path.read_bytes(), kind=kind, actor=actor)
    if not office.trial:
        # Whoever dies before this line finds the same file again, and it is known.
        path.unlink()
    return done
