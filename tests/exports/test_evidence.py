"""What is in a bundle, what speaks against it, and what never leaves."""

import html
import io
import json
import re
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from patrol.models import RobotsVerdict, Tls

OFFER = "找援交的加賴 gull0042，價格可議"
SENT = {"user-agent": "Patrol/1 (+patrol@example.invalid)", "accept": "text/html"}
AGREED = Tls(certificate_sha256="5e" * 32, version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384")
ALLOWED = RobotsVerdict(
    status=200, fetched_at=datetime(2026, 11, 20, 4, 5, tzinfo=UTC), rule="Allow: /harbor"
)
REASON = "移送地檢署，115年偵字第1號"
SECRETS = ("gull0042", "gull_author", "same words as before", REASON, "mei", "viewtopic")


def files(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def last_record() -> dict[str, Any]:
    from patrol.register.tables import LedgerRecord

    found: dict[str, Any] = json.loads(bytes(LedgerRecord.objects.latest("seq").body))
    return found


def export(house: Any, lead: int, **more: Any) -> Any:
    from patrol.actions.disclosing import evidence

    return evidence.export(house.desk(more.pop("by", "mei")), lead, REASON, **more)


def test_what_was_found_and_what_speaks_against_it(house: Any, lead: int) -> None:
    made = export(house, lead)
    told = json.loads(files(made.content)["lead.json"])
    (sighting,) = told["sightings"]
    assert sighting["words"] == OFFER
    assert sighting["agrees"] is True
    assert sighting["author"] == "gull_author"
    (capture,) = told["captures"]
    assert capture["holds"] is True
    assert capture["file"] in files(made.content)
    assert [(one["verdict"], one["overruled"]) for one in told["decisions"]] == [
        ("dismissed", True),
        ("relevant", False),
    ]
    assert {"lead.viewed", "leads.listed", "lead.decided"} <= {one["verb"] for one in told["looks"]}
    assert told["precision"]
    assert told["mandates"][0]["number"] == "115-001"
    assert told["unproven"] == []


def test_its_record_names_its_manifest_and_no_word_of_it(house: Any, lead: int) -> None:
    made = export(house, lead)
    record = last_record()
    assert (record["verb"], record["subject"]) == ("evidence.exported", f"lead:{lead}")
    assert record["details"]["manifest"] == made.manifest_sha256
    assert record["reason_commitment"]
    assert REASON not in json.dumps(record, ensure_ascii=False)
    assert files(made.content)["export-record.json"] == _body(made.record)


def _body(seq: int) -> bytes:
    from patrol.register.tables import LedgerRecord

    return bytes(LedgerRecord.objects.get(seq=seq).body)


def test_report_says_its_edges_in_both_calendars(house: Any, lead: int) -> None:
    told = files(export(house, lead).content)
    text = told["report.txt"].decode()
    assert re.search(r"中華民國\d+年\d+月\d+日 \d\d:\d\d:\d\d \(20\d\d-\d\d-\d\dT", text)
    for sentence in (
        "Time attested by this machine alone.",
        "not re-checkable",
        "What this bundle cannot contain",
        "What speaks against it",
        OFFER,
    ):
        assert sentence in text
    assert "not re-checkable" in told["completeness.txt"].decode()


@pytest.fixture
def secured(house: Any) -> Any:
    """A sighting whose page came over TLS."""
    from django.utils import timezone

    from patrol.register.tables import RunRow, Sighting

    RunRow.objects.update(ended_at=timezone.now(), outcome="ok")
    begun = house.begin()
    page = house.page(("p9", "找援交的加賴 tern0077，今晚可約"))
    told = {
        "address": "192.0.2.7",
        "tls": AGREED,
        "robots": ALLOWED,
        "replaced": 0.02,
        "sent": SENT,
    }
    capture = page.capture.model_copy(update=told)
    house.keeper(begun).keep(page.model_copy(update={"capture": capture}))
    return Sighting.objects.latest("pk")


def test_whose_server_it_was_goes_along_with_the_words(house: Any, secured: Any) -> None:
    """In the sealed capture, the JSON, the report as text and as PDF, and on the page that shows the capture."""
    told = files(export(house, secured.lead_id).content)
    (capture,) = json.loads(told["lead.json"])["captures"]
    assert capture["page"]["tls"] == AGREED.model_dump()
    assert json.loads(told[capture["file"]])["capture"]["tls"] == AGREED.model_dump()
    pdf, page = printed(told["report.pdf"]), around(house, secured)
    for text in (told["report.txt"].decode(), page):
        assert "SHA-256 of the server" in text
        assert f"{AGREED.version}, {AGREED.cipher}" in text
        assert AGREED.certificate_sha256 in text
    assert f"certificate: {AGREED.certificate_sha256[:8]}" in pdf, "a line may end within it"
    assert f"secured by: {AGREED.version}, {AGREED.cipher}" in pdf
    assert "192.0.2.7" in page


def test_why_it_was_allowed_and_what_could_not_be_read_go_along(house: Any, secured: Any) -> None:
    """In the JSON, the report, on the page that shows the capture, and beside the lead."""
    told = files(export(house, secured.lead_id).content)
    (capture,) = json.loads(told["lead.json"])["captures"]
    assert capture["page"]["robots"] == ALLOWED.model_dump(mode="json")
    assert capture["page"]["replaced"] == 0.02
    assert capture["page"]["sent"] == SENT
    report = told["report.txt"].decode()
    assert "sent: accept: text/html; user-agent: Patrol/1 (+patrol@example.invalid)" in report
    assert "not kept by this version" not in report
    assert "Allow: /harbor (HTTP 200" in report
    assert "utf-8 (encoding_suspect)" in report
    page = around(house, secured)
    assert "Allowed by robots.txt:" in page
    assert "<code>Allow: /harbor</code>" in page
    assert "(encoding_suspect)" in page


def test_a_whole_page_is_not_suspect(house: Any, lead: int) -> None:
    from patrol.register.tables import Sighting

    assert "encoding_suspect" not in files(export(house, lead).content)["report.txt"].decode()
    page = around(house, Sighting.objects.filter(lead=lead).latest("pk"))
    assert "SHA-256" in page or "sealed" in page
    assert "encoding_suspect" not in page


def test_a_page_in_the_clear_says_so(house: Any, secured: Any) -> None:
    from patrol.register.sealing import seal, unseal
    from patrol.register.tables import CaptureRow

    row = CaptureRow.objects.get(pk=secured.capture_id)
    told = json.loads(unseal(row.unit, row.body))
    del told["capture"]["tls"]  # as captures were sealed before it was kept
    for scheme, clear in (("http", True), ("https", False)):
        told["capture"]["url"] = f"{scheme}://harbor.example/"
        row.body = seal(row.unit, json.dumps(told).encode())
        row.save()
        page = around(house, secured)
        assert ("came in the clear from 192.0.2.7" in page) is clear
        assert "Connection secured by" not in page


def around(house: Any, sighting: Any) -> str:
    """The page on which the capture is shown."""
    return shown(house, f"/leads/{sighting.lead_id}/around/{sighting.pk}/")


def shown(house: Any, address: str, account: str = "mei") -> str:
    """A page in English."""
    from django.test import Client

    client = Client(SERVER_NAME="localhost", headers={"accept-language": "en"})
    person = house.desk(account).person
    person.language = "en"
    person.save()
    client.force_login(person)
    return html.unescape(client.get(address).content.decode())


def test_pdf_has_the_words_of_the_report(house: Any, lead: int) -> None:
    shown = printed(files(export(house, lead).content)["report.pdf"])
    assert "找援交的加賴gull0042，價格可議" in shown.replace(" ", "")
    assert "中華民國" in shown


def printed(content: bytes) -> str:
    """The words of a PDF."""
    assert content.startswith(b"%PDF-1.7")
    streams = re.findall(rb"stream\n(.*?)\nendstream", content, re.DOTALL)
    return "".join(
        _said(line) for one in streams for line in re.findall(rb"<([0-9a-f]+)> Tj", zlib.decompress(one))
    )  # fmt: skip


def _said(spelled: bytes) -> str:
    raw = bytes.fromhex(spelled.decode())
    return raw.decode() if raw.isascii() and b"\0" not in raw else raw.decode("utf-16-be")


def test_twin_covers_people_and_points_to_the_complete_one(house: Any, lead: int) -> None:
    from patrol.actions.disclosing.evidence import NoFullBundle

    with pytest.raises(NoFullBundle):
        export(house, lead, twin=True)
    full = export(house, lead)
    twin = export(house, lead, twin=True)
    told = files(twin.content)
    manifest = json.loads(told["manifest.json"])
    assert manifest["redacted"] is True
    assert manifest["full_manifest"] == full.manifest_sha256
    assert manifest["full_record"] == full.record
    assert not [name for name in told if name.startswith(("captures/", "proofs/"))]
    kept = b"".join(content for name, content in told.items() if name != "export-record.json")
    kept = kept.replace(told["verifier.py"], b"")
    for secret in SECRETS:
        assert secret.encode() not in kept, secret
    assert "找援交的加賴 ████████，價格可議" in told["report.txt"].decode()


def test_a_possible_victim_does_not_leave(house: Any, lead: int) -> None:
    from patrol.actions.disclosing.evidence import VictimStays
    from patrol.actions.triaging import triage
    from patrol.models import Verdict

    triage.decide(house.desk("mei"), lead, 3, Verdict.REFERRED, victim=True)
    with pytest.raises(VictimStays):
        export(house, lead)
    assert (last_record()["result"], last_record()["details"]) == ("deny", {"error": "VictimStays"})


def test_a_capture_with_a_possible_victims_words_is_left_out_and_said(house: Any) -> None:
    from patrol.actions.triaging import triage
    from patrol.models import Verdict
    from patrol.register.tables import Lead

    victim, offer = "找援交的加賴 heron0077，價格可議", "找援交的加賴 plover0099，一次五千"
    house.keeper(house.begin()).keep(house.page(("p8", victim), ("p9", offer)))
    _, first, second = Lead.objects.order_by("pk")
    triage.decide(house.desk("mei"), first.pk, 1, Verdict.REFERRED, victim=True)
    told = files(export(house, second.pk).content)
    assert not [name for name in told if name.startswith("captures/")]
    (capture,) = json.loads(told["lead.json"])["captures"]
    assert "possible victim" in capture["left_out"]
    everything = b"".join(told.values())
    assert b"heron0077" not in everything


@pytest.mark.parametrize(
    ("account", "error"),
    [("audit", "NotPermitted"), ("root", "NotPermitted"), ("other", "NoSuchLead")],
)
def test_who_may_not(house: Any, lead: int, account: str, error: str) -> None:
    from patrol.errors import PatrolError

    with pytest.raises(PatrolError) as told:
        export(house, lead, by=account)
    assert type(told.value).__name__ == error
    assert (last_record()["verb"], last_record()["result"]) == ("evidence.exported", "deny")


def test_no_reason_no_bundle(house: Any, lead: int) -> None:
    from patrol.actions.disclosing import evidence

    with pytest.raises(evidence.NoReason):
        evidence.export(house.desk("mei"), lead, "  ")
    assert evidence.exported(lead) == []


def test_words_changed_after_they_were_kept_are_told(house: Any, lead: int) -> None:
    """Whoever has the keys can write other words into the sighting; the seal knows better."""
    from patrol.models import Post
    from patrol.register.sealing import seal, unseal
    from patrol.register.tables import Sighting

    row = Sighting.objects.select_related("unit").get()
    post = Post.model_validate_json(unseal(row.unit, row.body))
    forged = post.model_copy(update={"text": post.text + "，十五歲"})
    row.body = seal(row.unit, forged.model_dump_json().encode())
    row.save()
    told = json.loads(files(export(house, lead).content)["lead.json"])
    assert told["sightings"][0]["agrees"] is False


def test_failed_readings_and_hours_unseen_are_told(house: Any, lead: int) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from patrol.register.tables import RunRow, SourceRow

    source = SourceRow.objects.get()
    now = timezone.now()
    RunRow.objects.create(
        source=source,
        due_at=now - timedelta(hours=1),
        begun_at=now,
        ended_at=now,
        outcome="network",
        detail="It did not answer.",
    )
    told = json.loads(files(export(house, lead).content)["lead.json"])
    assert [(run["outcome"], run["detail"]) for run in told["failed"]] == [
        ("network", "It did not answer.")
    ]


def test_command_line(house: Any, lead: int, tmp_path: Path, register: Path) -> None:
    from typer.testing import CliRunner

    from patrol.cli.evidence import app
    from patrol.register.checkpoints import sign_now

    run = CliRunner().invoke
    told = run(
        app, ["export", str(lead), "--as", "mei", "--reason", REASON, "--out", str(tmp_path)]
    )
    assert told.exit_code == 0, told.output
    (path,) = tmp_path.glob("lead-*.zip")
    assert path.stat().st_mode & 0o077 == 0
    key = str(register / "keys" / "log.pub")
    assert run(app, ["verify", str(path), "--key", key]).exit_code == 6
    sign_now()
    from patrol.actions.disclosing import evidence

    proof = tmp_path / "later.tlog-proof"
    record = evidence.exported(lead)[0].record
    proof.write_text(evidence.proof(house.desk("mei"), lead, record).text)
    assert run(app, ["verify", str(path), "--key", key, "--proof", str(proof)]).exit_code == 0
    content = files(path.read_bytes())
    with zipfile.ZipFile(path, "w") as archive:
        for name, one in content.items():
            archive.writestr(name, one + b" " if name == "report.txt" else one)
    said = run(app, ["verify", str(path), "--key", key])
    assert said.exit_code == 5
    assert "report.txt" in said.stdout


def test_mandate_is_told_as_it_was_approved(house: Any, lead: int) -> None:
    """How the site was met, what of an address was covered, and that one person broke the glass."""
    from patrol.register.tables import AuthorizationRow

    AuthorizationRow.objects.update(
        https_only=True,
        query_allow=["f=7"],
        query_deny=["sid"],
        directed_tags=[["a"], ["b"]],
        trial=True,
        age_host="gull.example",
        age_cookie="over18=1",
        overrides_robots=True,
        user_agent="plain",
        terms="terms_forbid",
        conduct_reason="A court asked for these pages.",
    )
    told = files(export(house, lead).content)
    (mandate,) = json.loads(told["lead.json"])["mandates"]
    assert mandate["conduct"]["terms"] == "terms_forbid"
    assert (mandate["parameters"], mandate["directed_at"]) == (["f=7"], 2)
    report = told["report.txt"].decode()
    for said in (
        "HTTPS alone: 是 yes",
        "Parameters covered: f=7",
        "Parameters not covered: sid",
        "names it is directed at, as its document names them: 2",
        "Single looks only: 是 yes",
        "Age-declaration cookie sent: over18=1 → gull.example",
        "As whom the site saw us: 與一般瀏覽器相同 as a browser",
        "What the site's terms say of programs: 禁止 forbidden",
        "May read what robots.txt excludes: 是 yes",
        "Why what the site asks for gives way: A court asked for these pages.",
    ):
        assert said in report, said
    AuthorizationRow.objects.update(
        overrides_robots=False, terms="terms_permit", approver=None, emergency=True
    )
    report = files(export(house, lead).content)["report.txt"].decode()
    assert "Break-glass: one person's, for 24 hours, auditors told: 是 yes" in report
    assert "Approved by: break-glass" in report
