"""Checkpoints leave this machine: a pickup place, and a witness that never signs two histories."""

import os
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from patrol.ledger import tree, verifier
from patrol.ledger.checkpoint import BadCheckpoint, Checkpoint, VerifierKey
from patrol.ledger.witness import BadWitnessKey, WitnessKey
from patrol.models import Actor, Record, Verb
from patrol.settings import Settings
from tests.plugins.postgres import altered, auditors_copy

RECORD = Record(verb=Verb.LEAD_VIEWED, actor=Actor(account="chen"))


class Witnessing:
    """A witness as C2SP tlog-witness describes it, word by word: it knows one log."""

    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(b"\x09" * 32)
        public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = WitnessKey("witness.example/w1", public)
        self.log: VerifierKey | None = None
        self.last = Checkpoint("", 0, tree.EMPTY_ROOT)
        self.asked: list[int] = []
        self.forced: tuple[int, str] | None = None
        self.at = 1_795_000_000

    def answer(self, body: str) -> tuple[int, str]:  # noqa: PLR0911  (as many answers as C2SP has)
        head, _, note = body.partition("\n\n")
        first, *lines = head.split("\n")
        old = int(first.removeprefix("old "))
        self.asked.append(old)
        if self.forced:
            return self.forced
        if self.log is None or not note.startswith(f"{self.log.name}\n"):
            return 404, ""
        try:
            told = self.log.open(note)
        except BadCheckpoint:
            return 403, ""
        if old > told.size:
            return 400, ""
        if old != self.last.size:
            return 409, f"{self.last.size}\n"
        if old == told.size and told.root != self.last.root:
            return 409, ""
        import base64

        proof = [base64.b64decode(line) for line in lines]
        agrees = (
            tree.consistent(self.last.root, old, told.root, told.size, proof) if old else not proof
        )
        if not agrees:
            return 422, ""
        self.last = told
        words = f"cosignature/v1\ntime {self.at}\n{told.text()}".encode()
        made = self.key.id + self.at.to_bytes(8, "big") + self.private.sign(words)
        return 200, f"— {self.key.name} {base64.b64encode(made).decode()}\n"


@pytest.fixture
def witness() -> Iterator[tuple[Witnessing, str]]:
    """A witness, and where it listens."""
    knows = Witnessing()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/w/add-checkpoint"
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, text = knows.answer(body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield knows, f"http://127.0.0.1:{server.server_port}/w"
    server.shutdown()
    thread.join()
    server.server_close()


def append(count: int = 1) -> None:
    from patrol.register import checkpoints, log

    with log.durably():
        log.append_each([RECORD] * count)
    checkpoints.sign_now()


def settings(**told: object) -> Settings:
    return Settings().model_copy(update=told)


@pytest.fixture
def copy(register: Path, witness: tuple[Witnessing, str]) -> Callable[[], list[Any]]:
    """Asks the witness; gives what went wrong."""
    from patrol.register import checkpoints, outside

    knows, address = witness
    knows.log = checkpoints.public_key()

    def ask() -> list[Any]:
        return outside.copy_due(settings(witness=address, witness_key=str(knows.key)))

    return ask


def test_a_witness_signs_every_checkpoint(copy: Any, witness: tuple[Witnessing, str]) -> None:
    from patrol.register import outside
    from patrol.register.tables import LedgerCopy

    assert copy() == [], "an empty log has nothing to show"
    for count in (3, 1, 5, 8, 1):
        append(count)
        assert copy() == []
    assert witness[0].asked == [0, 3, 4, 9, 17], "each time from where it stood"
    assert copy() == []
    assert len(witness[0].asked) == 5, "nothing new, nothing asked"
    row = LedgerCopy.objects.get()
    assert (row.place, row.size, row.fault) == ("witness", 18, "")
    seen = verifier.attested(row.note, str(witness[0].key))
    assert seen == "witness.example/w1 saw it at 2026-11-18 11:06:40 UTC."
    assert outside.attested(18) == row
    assert outside.attested(19) is None


def test_a_witness_that_knows_another_size_is_asked_again_from_there(
    copy: Any, witness: tuple[Witnessing, str]
) -> None:
    """409: what we know is stale."""
    from patrol.register.tables import LedgerCopy

    append(3)
    assert copy() == []
    append(4)
    assert copy() == []
    LedgerCopy.objects.update(size=3)
    append(2)
    assert copy() == []
    assert witness[0].asked == [0, 3, 3, 7]


EMPTY = (
    "DELETE FROM ledger_record",
    "DELETE FROM ledger_index",
    "DELETE FROM ledger_checkpoint",
    "DELETE FROM ledger_signer",
)


def rewrite(register: Path, count: int) -> None:
    """Another history of that length, signed by the same key: somebody has the machine and its key."""
    altered(*EMPTY)
    for name in ("notes", "frontier.json"):
        (register / "checkpoints" / name).unlink()
    append(count)


@pytest.mark.parametrize(
    ("count", "why"),
    [(9, "refuses the proof"), (5, "signed another root"), (2, "has seen 5 records")],
    ids=["422", "409, the same size", "409, a shorter log"],
)
def test_a_rewritten_history_is_known_by_the_witness(
    copy: Any, register: Path, count: int, why: str
) -> None:
    from patrol.register.outside import WitnessDisagrees
    from patrol.register.tables import LedgerCopy

    append(5)
    assert copy() == []
    rewrite(register, count)
    (fault,) = copy()
    assert isinstance(fault, WitnessDisagrees)
    row = LedgerCopy.objects.get(place="witness")
    assert (row.size, why in row.fault) == (5, True), row.fault
    assert row.failing_since is not None


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((404, ""), "It answers 404"),
        ((403, ""), "It answers 403"),
        ((500, "oops"), "It answers 500"),
        ((302, ""), "It answers 302"),
        ((200, ""), "not signed by PATROL_WITNESS_KEY"),
        ((200, "— witness.example/w1 AAAAAAAA\n"), "not signed"),
        ((409, "7\n" * 9000), "another root"),
    ],
)
def test_a_witness_that_signs_nothing_is_a_sentence(
    copy: Any, witness: tuple[Witnessing, str], answer: tuple[int, str], why: str
) -> None:
    from patrol.register.tables import LedgerCopy

    append(3)
    witness[0].forced = answer
    assert len(copy()) == 1
    assert why in LedgerCopy.objects.get(place="witness").fault
    append(1)
    witness[0].forced = None
    assert copy() == [], "and it is asked again"
    assert (LedgerCopy.objects.get().fault, LedgerCopy.objects.get().size) == ("", 4)


@pytest.mark.parametrize("what", ["another key", "other words", "another time"])
def test_a_witness_whose_name_somebody_else_signs_is_not_believed(
    copy: Any, witness: tuple[Witnessing, str], what: str
) -> None:
    """The name and the key's number are right, the signature is not: nothing counts as seen."""
    import base64

    from patrol.register import outside
    from patrol.register.tables import LedgerCheckpoint, LedgerCopy

    append(3)
    knows = witness[0]
    key = Ed25519PrivateKey.generate() if what == "another key" else knows.private
    text = LedgerCheckpoint.objects.get().note.partition("\n\n")[0]
    size = 4 if what == "other words" else 3
    words = text.replace("\n3\n", f"\n{size}\n")
    signed = key.sign(f"cosignature/v1\ntime {knows.at}\n{words}\n".encode())
    at = knows.at + (what == "another time")
    made = base64.b64encode(knows.key.id + at.to_bytes(8, "big") + signed).decode()
    knows.forced = 200, f"— {knows.key.name} {made}\n"
    assert len(copy()) == 1
    row = LedgerCopy.objects.get(place="witness")
    assert (row.size, "not signed by PATROL_WITNESS_KEY" in row.fault) == (0, True)
    assert outside.attested(1) is None


def test_a_witness_that_is_down_stops_nothing(register: Path) -> None:
    """F52: appends go on, nothing unsigned is made up, and it is told since when."""
    from patrol.register import checkpoints, outside
    from patrol.register.tables import LedgerCopy

    key = str(Witnessing().key)
    nobody = settings(witness="http://127.0.0.1:1", witness_key=key, pickup=register / "none")
    for _ in range(2):
        append(2)
        assert len(outside.copy_due(nobody)) == 2
    assert checkpoints.verdict()[:3] == (True, 4, 2)
    assert {row.size for row in LedgerCopy.objects.all()} == {0}
    now = datetime.now(UTC)
    assert outside.unseen_since(now) is None
    since = outside.unseen_since(now + timedelta(minutes=16))
    assert since is not None
    assert abs(since - now) < timedelta(minutes=1)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder of another account that this one may write to, when the tests may make one."""
    folder = tmp_path / "pickup"
    folder.mkdir(mode=0o777)
    if os.geteuid() == 0:
        os.chown(folder, 65534, 65534)
    return folder


def test_a_pickup_folder_gets_each_checkpoint_whole(register: Path, elsewhere: Path) -> None:
    from patrol.register import checkpoints, outside, pickup

    where = settings(pickup=elsewhere)
    for _ in range(3):
        append(2)
        assert outside.copy_due(where) == []
    names = sorted(path.name for path in elsewhere.iterdir())
    assert names == [f"checkpoint-00000000000{size}.note" for size in (2, 4, 6)]
    key = checkpoints.public_key()
    assert [key.open((elsewhere / name).read_text()).size for name in names] == [2, 4, 6]
    assert pickup.ours(elsewhere) is (os.geteuid() != 0)
    assert outside.unseen_since(datetime.now(UTC) + timedelta(days=1)) is None, "all has left"
    append()
    assert outside.unseen_since(datetime.now(UTC) + timedelta(days=1)) is not None


def test_a_pickup_file_is_only_ever_added_to(register: Path, elsewhere: Path) -> None:
    from patrol.register import outside

    file = elsewhere / "notes"
    file.touch(0o666)
    for _ in range(3):
        append(2)
        assert outside.copy_due(settings(pickup=file)) == []
    key = register / "keys" / "log.pub"
    found = verifier.Verifier(auditors_copy(register), key, file, None).verify()
    assert found[:3] == (0, 6, 3)
    altered("DELETE FROM ledger_checkpoint", "DELETE FROM ledger_record WHERE seq > 4")
    altered("DELETE FROM ledger_index WHERE seq > 4")
    found = verifier.Verifier(auditors_copy(register), key, file, None).verify()
    assert (found.kind, found.first_bad) == ("truncated", 5), "it alone knows"


def test_a_place_is_never_made_by_us(register: Path, tmp_path: Path) -> None:
    from patrol.register import outside

    append()
    (fault,) = outside.copy_due(settings(pickup=tmp_path / "nowhere"))
    assert "It is not there" in fault.why
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("line", ["", "a", "a+b+c", "a+00000000+AAAA", "+e1e1e1e1+BAAA"])
def test_strange_witness_keys_are_refused(line: str) -> None:
    key = str(Witnessing().key)
    assert str(WitnessKey.parse(key)) == key
    for strange in (line, key.replace("w1", "w2"), re.sub(r"\+B", "+A", key)):
        with pytest.raises(BadWitnessKey):
            WitnessKey.parse(strange)


def test_the_projector_copies_what_it_signs(register: Path, elsewhere: Path) -> None:
    from patrol.schedule.publishing import Publisher

    append(2)
    publisher = Publisher(settings(pickup=elsewhere))
    publisher.start()
    publisher.stop()
    assert len(list(elsewhere.iterdir())) == 1
    idle = Publisher(settings())
    idle.start()
    idle.join(5)
    assert not idle.is_alive(), "nothing is set, nothing runs"
