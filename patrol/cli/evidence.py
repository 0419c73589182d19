"""`patrol evidence`: what is handed over, and whether it is still what was handed over."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from patrol.cli.common import Home, Json, data, opened, say, told
from patrol.cli.log import EXIT_OF
from patrol.errors import NotFound
from patrol.exports.handles import Format
from patrol.ledger import verifier

if TYPE_CHECKING:
    from patrol.actions.desk import Desk
    from patrol.actions.disclosing.evidence import Bundle

app = typer.Typer(help="Evidence bundles: make one, verify one.", no_args_is_help=True)


@app.command()
@told
def export(
    lead: Annotated[int, typer.Argument(help="The lead's number.")],
    as_account: Annotated[str, typer.Option("--as", help="Account of the person who exports.")],
    reason: Annotated[str, typer.Option(help="To whom and what for, in a sentence.")],
    home: Home = None,
    out: Annotated[Path, typer.Option(help="Folder for the bundle.")] = Path(),
    redacted: Annotated[
        bool, typer.Option("--redacted", help="The redacted twin of the last complete bundle.")
    ] = False,
    wait: Annotated[
        int, typer.Option(help="Seconds to wait for the proof of the export itself.", min=0)
    ] = 0,
    json: Json = False,
) -> None:
    """Write the evidence bundle of a lead: words, report, proofs and verifier in one ZIP."""
    opened()
    from patrol.actions.auditing.logbook import CannotWrite
    from patrol.actions.desk import Desk
    from patrol.actions.disclosing import evidence
    from patrol.actions.staffing import people

    desk = Desk.command_line(people.find(as_account))
    made = evidence.export(desk, lead, reason, twin=redacted)
    content = _proven(desk, lead, made, wait)
    path = out / made.name
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            file.write(content)
    except OSError as error:
        raise CannotWrite(path, error) from error
    if json:
        data({"file": str(path), "record": made.record, "manifest": made.manifest_sha256})
        return
    say(f"Record {made.record} names its manifest, SHA-256 {made.manifest_sha256}.")
    typer.echo(str(path))


@app.command()
@told
def contacts(
    lead: Annotated[int, typer.Argument(help="The lead's number.")],
    as_account: Annotated[str, typer.Option("--as", help="Account of the person who exports.")],
    reason: Annotated[str, typer.Option(help="To whom and what for, in a sentence.")],
    form: Annotated[Format, typer.Option("--format", help="stix, misp or csv.")] = Format.STIX,
    home: Home = None,
    out: Annotated[Path, typer.Option(help="Folder for the file.")] = Path(),
) -> None:
    """Write the contacts that a lead offers, as STIX 2.1, MISP or CSV. No word of a post is in it."""
    opened()
    from patrol.actions.auditing.logbook import CannotWrite
    from patrol.actions.desk import Desk
    from patrol.actions.disclosing import sharing
    from patrol.actions.staffing import people

    made = sharing.share(Desk.command_line(people.find(as_account)), lead, form, reason)
    path = out / made.name
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            file.write(made.content)
    except OSError as error:
        raise CannotWrite(path, error) from error
    say(f"{made.count} contacts.")
    typer.echo(str(path))


def _proven(desk: "Desk", lead: int, made: "Bundle", seconds: int) -> bytes:
    """The bundle with the proof of its export, if the log's signer is quick enough."""
    from patrol.actions.disclosing import evidence
    from patrol.exports.bundle import with_proof
    from patrol.register.proofs import NotSignedYet

    until = time.monotonic() + seconds
    while True:
        try:
            return with_proof(made.content, evidence.proof(desk, lead, made.record).text)
        except NotSignedYet as late:
            if time.monotonic() >= until:
                say(f"The proof of record {made.record} is not in it. {late.why}")
                return made.content
            time.sleep(1)


@app.command()
@told
def verify(
    bundle: Annotated[Path, typer.Argument(help="A bundle, as it was handed over.")],
    key: Annotated[
        Path | None, typer.Option(help="The log's public key, log.pub, from the auditor.")
    ] = None,
    witness: Annotated[
        str | None, typer.Option(help="A witness's key, which must have signed too.")
    ] = None,
    proof: Annotated[
        Path | None, typer.Option(help="Proof of the export's record, where it came later.")
    ] = None,
    tsa: Annotated[
        Path | None, typer.Option(help="Certificates of an authority of time (PEM), for stamps.")
    ] = None,
    json: Json = False,
) -> None:
    """Verify a bundle, anywhere: no data directory is needed. A file that is not what was sealed is named.

    Exit 0: all holds. 5: something is not what was sealed. 6: the auditor's key, or the proof of the export, is missing.
    """
    for path in filter(None, (bundle, key, proof, tsa)):
        if not path.is_file():
            raise NotFound(
                f"There is no file {path}.",
                why="A bundle is one ZIP file, and a key one line in a file.",
                do="Name the file as it was handed over.",
            )
    line = key.read_text("utf-8", "replace") if key else None
    later = proof.read_text("utf-8", "replace") if proof else None
    found = verifier.verify_bundle(bundle, line, witness, later, tsa)
    if json:
        data({"ok": found.status == verifier.OK, **found._asdict()})
    else:
        typer.echo(found.sentence)
        for remark in found.remarks:
            say(remark)
    if found.status != verifier.OK:
        raise typer.Exit(EXIT_OF[found.status])
