"""The key that signs the log belongs to an OS user of its own: who serves pages and reads boards cannot read it.

Needs root, as containers have it: processes of two accounts are started here.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

import patrol
from tests.compose.plan import counted, end, until
from tests.plugins.postgres import Cluster

pytestmark = pytest.mark.postgres
WEB, SIGNER = 61_001, 61_002
"""Accounts that need no name."""


ROOMS = os.pathsep.join(
    map(str, (Path(patrol.__file__).parents[1], Path(pytest.__file__).parents[1]))
)


@cache
def _python() -> str:
    """The interpreter that runs us, or this system's of the same version where other accounts cannot reach ours."""
    for program in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        with suppress(PermissionError):
            subprocess.run([program, "-c", ""], user=WEB, group=WEB, extra_groups=[], check=True)
            return program
    return pytest.fail("No interpreter that another account may start.")


class Account(NamedTuple):
    """Somebody of this machine, with a data directory of their own."""

    number: int
    home: Path
    told: Mapping[str, str]

    def begin(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [_python(), *words],
            env={**os.environ, **self.told, "PATROL_HOME": str(self.home), "PYTHONPATH": ROOMS},
            user=self.number,
            group=self.number,
            extra_groups=[],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        """Code and what was said."""
        process = self.begin(*words)
        out, said = process.communicate(timeout=120)
        return process.returncode, out + said

    def patrol(self, *words: str) -> tuple[int, str]:
        return self.run("-m", "patrol", *words)


class Two(NamedTuple):
    web: Account
    signer: Account
    key: Path
    register: str
    port: int


@pytest.fixture
def two(postgres: Cluster) -> Iterator[Two]:
    """A register that the signer's account has made; the other has all but the signing key."""
    name = postgres.fresh()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = Path(tempfile.mkdtemp(prefix="accounts-"))
    base.chmod(0o711)
    apart = base / "signer"
    told = {
        "PATROL_DATABASE_URL": postgres.tcp(name),
        "PATROL_SIGNER": str(apart),
        "PATROL_BIND": f"127.0.0.1:{port}",
        "PATROL_WEB_WORKERS": "1",
    }
    try:
        for folder, owner in ((apart, SIGNER), (base / "s", SIGNER), (base / "w", WEB)):
            folder.mkdir(mode=0o700)
            os.chown(folder, owner, owner)
        web, signer = Account(WEB, base / "w", told), Account(SIGNER, base / "s", told)
        code, said = signer.patrol("init", "--no-link")
        assert code == 0, said
        _share(signer.home / "keys", web.home / "keys", ("text.key", "tag.key", "log.pub"))
        yield Two(web, signer, apart / "log.key", postgres.tcp(name), port)
    finally:
        shutil.rmtree(base)
        postgres.drop(name)


def _share(source: Path, target: Path, names: Sequence[str]) -> None:
    target.mkdir(mode=0o700)
    for name in names:
        shutil.copy(source / name, target / name)
        (target / name).chmod(0o600)
    for path in (target, *target.iterdir()):
        os.chown(path, WEB, WEB)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as page:
            return bool(page.status == 200)
    except OSError:
        return False


def test_pages_are_served_and_the_log_is_signed_by_accounts_that_share_no_key(two: Two) -> None:
    assert two.key.stat().st_uid == SIGNER
    assert two.key.stat().st_mode & 0o777 == 0o600
    assert not list(two.signer.home.rglob("log.key")), "it stands there alone"
    reads = "import sys; print(len(open(sys.argv[1], 'rb').read()))"
    assert two.signer.run("-c", reads, str(two.key)) == (0, "32\n")
    code, said = two.web.run("-c", reads, str(two.key))
    assert (code, "Permission denied" in said) == (1, True), said
    projector = two.signer.begin("-m", "patrol", "projector")
    pages = two.web.begin("-m", "patrol", "serve", "--no-projector", "--no-clock")
    try:
        until(lambda: _answers(two.port), "pages are served")
        assert two.web.patrol("user", "link", "admin")[0] == 0
        head = counted(two.register, "ledger_record")
        for process in (pages, projector):
            process.terminate()
            _, told = process.communicate(timeout=60)
            assert process.returncode == 0, told
            assert "Traceback" not in told
    finally:
        end(pages)
        end(projector)
    with psycopg.connect(two.register) as connection:
        row = connection.execute("SELECT max(size) FROM ledger_checkpoint").fetchone()
    assert row is not None
    assert row[0] >= head, "what the others wrote is signed"
    code, said = two.web.patrol("log", "verify")
    assert code in {0, 2}, said


@pytest.mark.parametrize("words", [("projector",), ("serve",), ("log", "rotate", "--reason", "x")])
def test_who_cannot_read_it_signs_nothing_and_says_so(two: Two, words: tuple[str, ...]) -> None:
    signed = counted(two.register, "ledger_checkpoint")
    code, said = two.web.patrol(*words)
    assert code not in {0, 2}, said
    assert f"This account cannot read {two.key.parent}" in said
    assert "Traceback" not in said
    assert counted(two.register, "ledger_checkpoint") == signed
    assert not list(two.web.home.rglob("log.key*")), "and makes no key of its own"


def test_a_key_that_stood_with_the_others_is_set_apart(two: Two) -> None:
    """As on a machine that is brought up to date."""
    public, secret = (two.signer.home / "keys" / "log.pub").read_text(), two.key.read_bytes()
    before = two.signer.home / "keys" / "log.key"
    before.write_bytes(secret)
    before.chmod(0o600)
    os.chown(before, SIGNER, SIGNER)
    two.key.unlink()
    code, said = two.signer.patrol("init", "--no-link")
    assert code == 0, said
    assert (two.key.read_bytes(), before.exists()) == (secret, False)
    assert (two.signer.home / "keys" / "log.pub").read_text() == public
