"""``nabor letter``: letters that an officer writes to a group in their own words."""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from flows.steps.free_letters import letters_of, write_letter
from models.actor import Right
from models.errors import BadInput
from models.glossary import label
from models.tables.outbox import Audience, MessageState

app = typer.Typer(cls=PolishGroup, name="letter", help="Listy do grupy własnymi słowami", no_args_is_help=True)
Call = Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru")]


@command(app, "write")
def write(
    desk: Desk,
    call: Call,
    to: Annotated[
        Audience,
        typer.Option("--to", help="Do kogo: candidates, members, offered, reserve albo rejected"),
    ],
    subject: Annotated[str, typer.Option("--subject", help="Temat, bez danych osobowych")],
    text: Annotated[Path, typer.Option("--text", help="Plik z treścią (UTF-8): akapity, listy z „-”, **wyróżnienia**")],
    only: Annotated[list[str] | None, typer.Option("--only", help="Tylko to zgłoszenie; można powtórzyć")] = None,
    again: Annotated[bool, typer.Option("--again", help="Wyślij ten sam list jeszcze raz")] = False,
    dry_run: DryRun = False,
) -> None:
    """Pisze do grupy: każda osoba dostanie jeden list, gdy go zatwierdzisz.

    Przykład: nabor letter write NABÓR --to members --subject "Zmiana sali" --text list.md
    """
    try:
        words = text.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadInput("Plik z treścią nie jest zapisany w UTF-8.") from None
    with desk.writing(trial=dry_run) as (session, actor, now):
        written = write_letter(
            session,
            call,
            to,
            subject=subject,
            content=words,
            only=only or [],
            again=again,
            actor=actor,
            now=now,
        )
    without = f" Bez adresu: {', '.join(written.unaddressed)}." if written.unaddressed else ""
    desk.say(
        f"List {written.letter_id}: wiadomości do zatwierdzenia: {len(written.numbers)}.{without}\n"
        f"Obejrzyj je (nabor outbox list) i zatwierdź: nabor outbox release --about freeletter/{written.letter_id}",
        id=written.letter_id,
        numbers=list(written.numbers),
        unaddressed=list(written.unaddressed),
    )


@command(app, "list")
def list_(desk: Desk, call: Call) -> None:
    """Listy napisane do osób z naboru i co się z nimi dzieje.

    Przykład: nabor letter list KES/PGR/2205/2018
    """
    with desk.reading() as (session, actor, _now):
        actor.require(Right.OUTBOX)
        lines = [
            {
                "id": row.id,
                "audience": row.audience,
                "subject": row.subject,
                "written_at": row.written_at,
                "written_by": row.written_by,
                "messages": {state.value: count for state, count in counts.items()},
            }
            for row, counts in letters_of(session, call)
        ]
    desk.show(
        lines,
        {
            "Nr": lambda line: line["id"],
            "Do": lambda line: label(line["audience"]),
            "Temat": lambda line: line["subject"],
            "Napisano": lambda line: line["written_at"],
            "Wiadomości": lambda line: ", ".join(
                f"{label(MessageState(state))}: {count}" for state, count in line["messages"].items()
            ),
        },
        empty="Nie napisano żadnego listu.",
    )
