"""The bundle of a case: every lead that was ever in it, what speaks against it, and what it cannot contain."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

WHY = "移送地檢署，115年偵字第1號"
OTHER = "找援交的加賴 heron0088，一次五千，價格可議"
VICTIM = "找援交的加賴 plover0077，價格另談，今天可以"


def files(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def last_record() -> dict[str, Any]:
    from patrol.register.tables import LedgerRecord

    found: dict[str, Any] = json.loads(bytes(LedgerRecord.objects.latest("seq").body))
    return found


@pytest.fixture
def case(house: Any, lead: int) -> int:
    """A case with a lead whose verdict changed, one that was taken out, and one that turned out to be a victim's."""
    from patrol.actions.casework import cases
    from patrol.actions.triaging import triage
    from patrol.models import Verdict
    from patrol.register.tables import Lead

    house.keeper(house.begin()).keep(house.page(("p8", OTHER), ("p9", VICTIM)))
    _, out, victim = Lead.objects.order_by("pk")
    mei = house.desk("mei")
    number = cases.open_case(mei, "港口", "", leads=[lead, out.pk, victim.pk])
    cases.detach(mei, number, out.pk, "another seller")
    triage.decide(mei, victim.pk, 1, Verdict.REFERRED, victim=True)
    return number


def test_it_holds_what_speaks_against_it_and_says_what_it_cannot(
    house: Any, lead: int, case: int
) -> None:
    from patrol.actions.disclosing import case_bundle

    made = case_bundle.export(house.desk("mei"), case, WHY)
    told = files(made.content)
    said = json.loads(told["case.json"])
    assert (said["leads"], said["detached"], said["hidden"]) == ([lead], [lead + 1], 1)
    assert [(one["what"], one["words"]) for one in said["against"]] == [
        ("changed", "dismissed → relevant"), ("detached", "another seller"),
    ]  # fmt: skip
    assert {"case.opened", "case.lead_detached"} <= {one["verb"] for one in said["looks"]}
    exhibit = json.loads(told[f"leads/{lead}/lead.json"])
    assert {"failed", "gaps", "precision", "looks", "forgotten", "decisions"} <= set(exhibit)
    assert exhibit["precision"]
    assert exhibit["looks"]
    assert f"leads/{lead + 1}/report.txt" in told, "what was taken out is in it all the same"
    report, limits = told["report.txt"].decode(), told["completeness.txt"].decode()
    for sentence in ("taken out of the case", "verdict changed", "Time attested by this machine"):
        assert sentence in report, sentence
    for sentence in ("never fetched", "possible victims'", "were purged", "no rule flagged"):
        assert sentence in limits, sentence
        assert sentence in report, sentence
    assert b"plover0077" not in b"".join(told.values())
    record = last_record()
    assert (record["verb"], record["subject"]) == ("case.exported", f"case:{case}")
    assert record["details"] == {"manifest": made.manifest_sha256, "leads": [lead, lead + 1]}


def test_the_verifier_names_the_file_that_was_changed(
    house: Any, lead: int, case: int, tmp_path: Path, register: Path
) -> None:
    from patrol.actions.disclosing import case_bundle
    from patrol.ledger.verifier import OK, TAMPERED, verify_bundle
    from patrol.register.checkpoints import sign_now
    from patrol.register.proofs import prove

    made = case_bundle.export(house.desk("mei"), case, WHY)
    sign_now()
    key = (register / "keys" / "log.pub").read_text()
    path, proof = tmp_path / "case.zip", prove(made.record).text
    path.write_bytes(made.content)
    found = verify_bundle(path, key, None, proof)
    assert found.status == OK, found.sentence
    name = f"leads/{lead}/lead.json"
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        comment = archive.comment
    with zipfile.ZipFile(path, "w") as archive:
        for one, content in files(made.content).items():
            archive.writestr(
                one, content.replace(b"gull0042", b"gull0043") if one == name else content
            )
        archive.comment = comment
    found = verify_bundle(path, key, None, proof)
    assert found.status == TAMPERED
    assert name in found.sentence


def test_what_was_purged_is_told_with_when_and_why(house: Any, lead: int, case: int) -> None:
    from django.utils import timezone

    from patrol.actions.disclosing import case_bundle
    from patrol.register.sealing import destroy
    from patrol.register.tables import Lead, Purge

    now = timezone.now()
    Purge.objects.create(
        number=1,
        cause="due",
        classes=["unflagged"],
        rule={"unflagged": 7},
        begun_at=now,
        done={"unflagged 2026-11": {"posts": 12, "leads": 0, "captures": 0}},
    )
    destroy(Lead.objects.get(pk=lead + 1).retention, now)
    told = files(case_bundle.export(house.desk("mei"), case, WHY).content)
    assert json.loads(told["case.json"])["gone"] == [lead + 1]
    (line,) = json.loads(told[f"leads/{lead}/lead.json"])["forgotten"]
    assert line.startswith("Purge 1, ")
    assert "12 posts" in line
    assert "kept for 7 days, and that was over (not ended yet)" in line


@pytest.mark.parametrize(
    ("account", "purpose", "error"),
    [("mei", " ", "PurposeMissing"), ("other", WHY, "NoSuchCase"), ("audit", WHY, "NotPermitted")],
)
def test_what_is_refused_is_on_record(
    house: Any, case: int, account: str, purpose: str, error: str
) -> None:
    from patrol.actions.disclosing import case_bundle
    from patrol.errors import PatrolError

    with pytest.raises(PatrolError) as told:
        case_bundle.export(house.desk(account), case, purpose)
    assert type(told.value).__name__ == error
    assert (last_record()["verb"], last_record()["result"] != "allow") == ("case.exported", True)
