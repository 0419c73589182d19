"""`patrol case`: what officers work on, read and exported as the person named with --as, on record as on the pages."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from patrol.cli.common import Home, Json, data, opened, say, told, write
from patrol.models import CaseStatus

if TYPE_CHECKING:
    from patrol.actions.desk import Desk

app = typer.Typer(help="Cases: list them, read one, export one.", no_args_is_help=True)
As = Annotated[str, typer.Option("--as", help="Account of the person for whom you act.")]
Number = Annotated[int, typer.Argument(help="The case's number in its unit.")]


class Form(StrEnum):
    """How a case leaves."""

    JSON = "json"
    CSV = "csv"
    ZIP = "zip"


def _desk(account: str) -> "Desk":
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    return Desk.command_line(people.find(account))


def _id(desk: "Desk", number: int) -> int:
    from patrol.actions.casework.cases import NoSuchCase
    from patrol.actions.triaging.leads import person_at
    from patrol.register.tables import Case

    found = Case.objects.filter(unit=person_at(desk).unit_id, number=number)
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        raise NoSuchCase(number)
    return pk


@app.command(name="list")
@told
def list_(
    as_account: As,
    home: Home = None,
    status: Annotated[CaseStatus | None, typer.Option(help="Only those.")] = None,
    as_json: Json = False,
) -> None:
    """The unit's cases, the one that moved last first."""
    opened()
    from patrol.actions.casework import casefile

    desk = _desk(as_account)
    rows: list[casefile.CaseRow] = []
    page = casefile.listing(desk, status=status.value if status else "")
    rows += page.rows
    while page.next:
        page = casefile.listing(desk, page.next, status=status.value if status else "")
        rows += page.rows
    if as_json:
        data([asdict(row) for row in rows])
        return
    for row in rows:
        write(f"{row.number:>5} {row.status:<12} {row.leads:>4} leads  {row.title}")


@app.command()
@told
def show(number: Number, as_account: As, home: Home = None, as_json: Json = False) -> None:
    """A case: its leads, notes, tasks, what speaks against it, and what was done when."""
    opened()
    from patrol.actions.casework import case_notes, casefile

    desk = _desk(as_account)
    pk = _id(desk, number)
    case = casefile.view(desk, pk)
    notes = case_notes.notes_of(desk, pk)
    if as_json:
        told = {name: value for name, value in asdict(case).items() if name != "graph"}
        data({**told, "notes": [asdict(one) for one in notes]})
        return
    write(f"{case.number} {case.status}: {case.title}")
    if case.summary:
        write(case.summary)
    for lead in case.leads:
        words = "".join(piece.text for piece in lead.pieces)
        write(f"  lead {lead.lead_id} {lead.status}: {words}")
    for against in case.against:
        write(f"  against: lead {against.lead_id} {against.what} {against.words}".rstrip())
    for task in case.tasks:
        write(f"  {'done' if task.done_at else 'to do'}: {task.what}")
    for note in notes:
        write(f"  note {note.number}.{note.now.version} {note.now.account}: {note.now.text}")
    for line in case.timeline:
        write(f"  {line.at:%Y-%m-%d %H:%M} {line.account} {line.what} {line.about}".rstrip())


@app.command()
@told
def export(
    number: Number,
    as_account: As,
    purpose: Annotated[str, typer.Option(help="For whom and for what, in a sentence.")],
    form: Annotated[Form, typer.Option("--format", help="json, csv or zip.")] = Form.ZIP,
    home: Home = None,
    out: Annotated[Path, typer.Option(help="Folder for the file.")] = Path(),
) -> None:
    """Write a case as a file: `zip` is the evidence bundle. Recorded with its hash and purpose before it is written."""
    opened()
    from patrol.actions.auditing.logbook import CannotWrite
    from patrol.actions.disclosing import case_bundle, case_export
    from patrol.web import case_files

    desk = _desk(as_account)
    pk = _id(desk, number)
    name = f"patrol-case-{number}.{form.value}"
    if form is Form.ZIP:
        made = case_bundle.export(desk, pk, purpose)
        content, name = made.content, made.name
    else:
        spell = case_files.csv_of if form is Form.CSV else case_files.as_json
        content = case_export.export(desk, pk, purpose, spell)
    path = out / name
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            file.write(content)
    except OSError as error:
        raise CannotWrite(path, error) from error
    say(f"Record {desk.records[-1]} names its hash.")
    write(str(path))
