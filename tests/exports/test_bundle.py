"""A bundle stands without us: all that was sealed is checked, and what was changed is named."""

import base64
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from patrol.ledger import verifier

OFFER = "找援交的加賴 gull0042，價格可議"
REASON = "移送地檢署，115年偵字第1號"


@pytest.fixture
def key(register: Path) -> str:
    return (register / "keys" / "log.pub").read_text()


@pytest.fixture
def made(house: Any, lead: int) -> Any:
    from patrol.actions.disclosing import evidence

    return evidence.export(house.desk("mei"), lead, REASON)


def files(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(told: dict[str, bytes], like: bytes | None = None) -> bytes:
    """An archive of these, with the comment of another."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in told.items():
            archive.writestr(name, content)
        if like:
            archive.comment = zipfile.ZipFile(io.BytesIO(like)).comment
    return written.getvalue()


def judged(
    tmp_path: Path,
    content: bytes,
    line: str | None,
    proof: str | None = None,
    tsa: Path | None = None,
) -> verifier.Report:
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    return verifier.verify_bundle(path, line, None, proof, tsa)


def proof_of(house: Any, made: Any, lead: int) -> str:
    from patrol.actions.disclosing import evidence
    from patrol.register.checkpoints import sign_now

    sign_now()
    return str(evidence.proof(house.desk("mei"), lead, made.record).text)


def test_it_holds_with_the_auditors_key_and_the_proof_of_its_export(
    house: Any, made: Any, lead: int, key: str, tmp_path: Path
) -> None:
    early = judged(tmp_path, made.content, key)
    assert (early.status, early.kind) == (verifier.INCOMPLETE, None), early.sentence
    assert f"proof of record {made.record}" in early.sentence
    proof = proof_of(house, made, lead)
    found = judged(tmp_path, made.content, key, proof)
    assert (found.status, found.kind) == (verifier.OK, None), found.sentence
    assert found.remarks == ("Time attested by this machine alone.",)
    without = judged(tmp_path, made.content, None, proof)
    assert without.status == verifier.INCOMPLETE
    assert "compare it with the auditor's" in without.sentence


def test_a_stamped_bundle_says_who_else_attests_the_time(
    house: Any, lead: int, key: str, tmp_path: Path
) -> None:
    from patrol.actions.disclosing import evidence
    from patrol.register import outside
    from patrol.settings import Settings
    from tests.plugins.authority import serving

    with serving(tmp_path) as (clock, address):
        told = {"stamp": address, "stamp_authority": clock.root}
        assert outside.copy_due(Settings().model_copy(update=told)) == []
    made = evidence.export(house.desk("mei"), lead, REASON)
    inside = files(made.content)
    (name,) = (name for name in inside if name.endswith(".tsr"))
    assert "stamped the access log's checkpoint" in inside["report.txt"].decode()
    assert "CN=Clock of the county" in json.loads(inside["manifest.json"])["time"]
    proof = proof_of(house, made, lead)
    found = judged(tmp_path, made.content, key, proof, clock.root)
    assert found.status == verifier.OK, found.sentence
    (said,) = found.remarks
    assert said.startswith("Time attested by an authority of time (RFC 3161): 20")
    assert "--tsa names its certificates" in judged(tmp_path, made.content, key, proof).remarks[-1]
    (tmp_path / "elsewhere").mkdir()
    with serving(tmp_path / "elsewhere") as (other, _):
        found = judged(tmp_path, made.content, key, proof, other.root)
    assert (found.status, "its stamp is not over it" in found.sentence) == (verifier.TAMPERED, True)
    bent = zipped({**inside, name: inside[name][:-1]}, like=made.content)
    assert name in judged(tmp_path, bent, key, proof, clock.root).sentence
    by_hand = tmp_path / "words.txt"
    by_hand.write_bytes(inside[name.replace(".tsr", ".txt")])
    (tmp_path / "stamp.tsr").write_bytes(inside[name])
    done = clock.verify(by_hand, tmp_path / "stamp.tsr")
    assert "Verification: OK" in done, "as a court's expert would, without any of our programs"


def test_its_own_verifier_says_so_without_this_program(
    house: Any, made: Any, lead: int, key: str, tmp_path: Path
) -> None:
    from patrol.exports.bundle import with_proof

    (tmp_path / "log.pub").write_text(key)
    (tmp_path / "bundle.zip").write_bytes(with_proof(made.content, proof_of(house, made, lead)))
    (tmp_path / "verifier.py").write_bytes(files(made.content)["verifier.py"])
    command = [sys.executable, "-I", "verifier.py", "verify", "bundle.zip", "--key", "log.pub"]
    asked = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert "files are what was sealed" in asked.stdout


def test_a_bundle_made_anew_as_a_whole_is_found_by_the_proof_of_its_export(
    house: Any, made: Any, lead: int, key: str, tmp_path: Path
) -> None:
    """Everything in it agrees again; only the log knows another manifest."""
    from patrol.exports.bundle import Sealed

    told = files(made.content)
    told["report.txt"] += b"and more"
    manifest = json.loads(told["manifest.json"])
    manifest["files"]["report.txt"] = verifier._sha256(told["report.txt"])
    spelled = json.dumps(manifest).encode()
    record = told["export-record.json"].replace(
        made.manifest_sha256.encode(), verifier._sha256(spelled).encode()
    )
    listed = {name: told[name] for name in manifest["files"]}
    forged = Sealed(listed, spelled).zipped(record)
    assert judged(tmp_path, forged, key).status == verifier.INCOMPLETE
    found = judged(tmp_path, forged, key, proof_of(house, made, lead))
    assert (found.status, "export-record.json" in found.sentence) == (verifier.TAMPERED, True)


def test_a_flipped_byte_of_any_file_is_named(made: Any, key: str, tmp_path: Path) -> None:
    told = files(made.content)
    for name, content in told.items():
        changed = bytearray(content)
        changed[len(changed) // 2] ^= 1
        found = judged(tmp_path, zipped({**told, name: bytes(changed)}, made.content), key)
        assert found.status == verifier.TAMPERED, name
        assert name in found.sentence, (name, found.sentence)


def test_a_flipped_bit_anywhere_in_the_archive_is_found_or_changes_nothing(
    made: Any, key: str, tmp_path: Path
) -> None:
    whole = files(made.content)
    step = max(1, len(made.content) // 150)
    found_out = 0
    for place in range(0, len(made.content), step):
        changed = bytearray(made.content)
        changed[place] ^= 0x10
        found = judged(tmp_path, bytes(changed), key)
        if found.status == verifier.INCOMPLETE:
            assert files(bytes(changed)) == whole, place
        else:
            assert found.status in {verifier.TAMPERED, verifier.CANNOT_JUDGE}, (place, found)
            found_out += 1
    assert found_out > 100


def test_a_file_more_or_less_is_named(made: Any, key: str, tmp_path: Path) -> None:
    told = files(made.content)
    more = judged(tmp_path, zipped({**told, "extra.txt": b"x"}, made.content), key)
    assert (more.status, "extra.txt" in more.sentence) == (verifier.TAMPERED, True)
    less = judged(
        tmp_path, zipped({n: c for n, c in told.items() if n != "report.pdf"}, made.content), key
    )
    assert (less.status, "report.pdf" in less.sentence) == (verifier.TAMPERED, True)


def test_a_manifest_made_anew_is_not_the_one_that_the_log_names(
    made: Any, key: str, tmp_path: Path
) -> None:
    told = files(made.content)
    told["report.txt"] += b"and more"
    manifest = json.loads(told["manifest.json"])
    manifest["files"]["report.txt"] = verifier._sha256(told["report.txt"])
    told["manifest.json"] = json.dumps(manifest).encode()
    found = judged(tmp_path, zipped(told, made.content), key)
    assert found.status == verifier.TAMPERED
    assert "manifest.json" in found.sentence


def test_anothers_key_is_not_ok(made: Any, tmp_path: Path, register: Path) -> None:
    from patrol.ledger.checkpoint import Signer

    other = Signer(bytes(32), "elsewhere").verifier
    assert judged(tmp_path, made.content, str(other)).status == verifier.TAMPERED
    assert judged(tmp_path, made.content, "no key").status == verifier.CANNOT_JUDGE


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive", zipped({}), zipped({"a": b""})])
def test_garbage_is_refused_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    found = judged(tmp_path, content, None)
    assert found.status in {verifier.TAMPERED, verifier.CANNOT_JUDGE}
    assert found.sentence


def test_what_is_sealed_is_what_the_record_of_keeping_names(
    made: Any, key: str, tmp_path: Path
) -> None:
    told = files(made.content)
    manifest = json.loads(told["manifest.json"])
    (name,) = manifest["seals"]
    proof = told[f"proofs/record-{manifest['seals'][name]}.tlog-proof"].decode()
    found = verifier.PROOF.fullmatch(proof)
    assert found
    assert verifier._sha256(told[name]).encode() in base64.b64decode(found[1])
    capture = json.loads(told[name])
    assert OFFER in [post["text"] for post in capture["posts"]]
    assert len(capture["salt"]) == 32


def test_sums_are_those_of_sha256sum(made: Any, tmp_path: Path) -> None:
    for name, content in files(made.content).items():
        path = tmp_path / "open" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    asked = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"],
        cwd=tmp_path / "open",
        check=False,
        capture_output=True,
        text=True,
    )
    assert asked.returncode == 0, asked.stdout
