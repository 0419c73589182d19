"""Signed notes: what the key signed opens, and nothing else."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.ledger.checkpoint import BadCheckpoint, BadKey, Checkpoint, Signer, VerifierKey
from patrol.ledger.tree import EMPTY_ROOT

SIGNER = Signer(bytes(range(32)))
ROOT = hashlib.sha256(b"root").digest()
NOTE = SIGNER.sign(Checkpoint(SIGNER.verifier.name, 1_000, ROOT))


def test_a_note_is_read_back() -> None:
    assert SIGNER.verifier.open(NOTE) == Checkpoint(SIGNER.verifier.name, 1_000, ROOT)
    assert SIGNER.sign(Checkpoint(SIGNER.verifier.name, 1_000, ROOT)) == NOTE
    text, signature = NOTE.split("\n\n")
    assert text.split("\n")[1:] == ["1000", base64.b64encode(ROOT).decode()]
    assert signature.startswith(f"— {SIGNER.verifier.name} ")


def test_the_published_key_of_the_go_checksum_database_is_read() -> None:
    line = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    assert str(VerifierKey.parse(line)) == line


def test_a_note_of_the_go_checksum_database_is_verified() -> None:
    """The example in the documentation of golang.org/x/mod/sumdb/note."""
    key = VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    key._check(text, base64.b64decode(signature)[4:])
    with pytest.raises(BadCheckpoint):
        key._check(text.replace("answer", "question"), base64.b64decode(signature)[4:])


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
def test_no_changed_byte_survives(place: int, change: int) -> None:
    changed = bytearray(NOTE.encode())
    changed[place] ^= change
    with pytest.raises(BadCheckpoint):
        SIGNER.verifier.open(changed.decode(errors="replace"))


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        NOTE.rstrip("\n"),
        NOTE + "\n",
        NOTE.replace("1000", "01000"),
        NOTE.replace("1000", "1_000"),
        NOTE.replace("\n1000\n", "\n1000\nmore\n"),
        NOTE.split("\n\n")[0] + "\n\n",
        NOTE.split("\n\n")[0] + "\n\n— somebody AAAAAAAA\n",
        NOTE + "— not a signature\n",
    ],
)
def test_strange_notes_are_refused(note: str) -> None:
    with pytest.raises(BadCheckpoint):
        SIGNER.verifier.open(note)


def test_another_key_and_another_log_are_refused() -> None:
    other = Signer(b"\x01" * 32)
    with pytest.raises(BadCheckpoint, match="does not hold"):
        other.verifier.open(NOTE)
    same_name = Signer(b"\x01" * 32, SIGNER.verifier.name)
    with pytest.raises(BadCheckpoint):
        SIGNER.verifier.open(same_name.sign(Checkpoint(SIGNER.verifier.name, 1_000, ROOT)))
    with pytest.raises(ValueError, match="another log"):
        other.sign(Checkpoint(SIGNER.verifier.name, 0, EMPTY_ROOT))


def test_a_witness_may_sign_below() -> None:
    witness = Signer(b"\x02" * 32, "witness.example")
    line = f"— {witness.verifier.name} {base64.b64encode(b'1234' + bytes(64)).decode()}\n"
    assert SIGNER.verifier.open(NOTE + line).size == 1_000


@pytest.mark.parametrize("line", ["", "a", "a+b", "a+00000000+AAAA", "+00000000+AAAA", "a+b+é"])
def test_strange_keys_are_refused(line: str) -> None:
    with pytest.raises(BadKey):
        VerifierKey.parse(line)
    good = str(SIGNER.verifier)
    with pytest.raises(BadKey):
        VerifierKey.parse("x" + good)
