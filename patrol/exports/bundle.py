"""The evidence bundle: one ZIP with the words, the report, the proofs and what verifies them.

`manifest.json` names every file with its SHA-256; the access log's record of
the export names the manifest's; `verifier.py` checks all of it anywhere, with
Python and the log's public key. Two files stand outside the manifest: itself,
and that record, which was written once the manifest was known; the archive's
comment has its hash, and its proof is the auditor's to give.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from patrol.exports import edges
from patrol.exports.exhibit import Exhibit
from patrol.exports.pdf import as_pdf
from patrol.exports.report import as_text, blocks
from patrol.exports.words import label
from patrol.ledger.verifier import EXPORT_PROOF, EXPORTED, MANIFEST

VERSION = 1
SUMS = "SHA256SUMS"
_LATER = (1980, 1, 1, 0, 0, 0)
"""Time of every entry: ZIP's own times have no zone and prove nothing."""


@dataclass(frozen=True)
class Attachment:
    """A file of the bundle that is not made from the exhibit."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Sealed:
    """All files of a bundle but the record of its export."""

    files: Mapping[str, bytes]
    manifest: bytes

    @property
    def manifest_sha256(self) -> str:
        return hashlib.sha256(self.manifest).hexdigest()

    def zipped(self, record: bytes) -> bytes:
        """The bundle. `record` is the access log's of this very export, as it stands there."""
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in {**self.files, MANIFEST: self.manifest, EXPORTED: record}.items():
                entry = zipfile.ZipInfo(name, _LATER)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, content)
            archive.comment = sha256(record).encode()
        return written.getvalue()


def sealed(exhibit: Exhibit, attachments: Sequence[Attachment]) -> Sealed:
    """Everything that is known before the export is recorded."""
    told = blocks(exhibit)
    title = f"{label('lead')} {exhibit.lead}"
    files = {
        "README.txt": _readme(exhibit).encode(),
        "report.pdf": as_pdf(told, title),
        "report.txt": as_text(told).encode(errors="replace"),
        "completeness.txt": "".join(f"{zh}\n{en}\n\n" for zh, en in edges.LIMITS).encode(),
        "lead.json": spelled(exhibit.model_dump(mode="json")),
        **{one.name: one.content for one in attachments},
    }
    files[SUMS] = "".join(f"{sha256(files[name])}  {name}\n" for name in sorted(files)).encode()
    return Sealed(files, _manifest(exhibit, files))


def with_proof(bundle: bytes, proof: str) -> bytes:
    """The bundle, with the proof of its own export's record beside it."""
    written = io.BytesIO(bundle)
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(EXPORT_PROOF, _LATER), proof)
    return written.getvalue()


def name_of(exhibit: Exhibit) -> str:
    """Of the ZIP: made by us, so that no collected word is in it."""
    twin = "-redacted" if exhibit.redacted else ""
    return f"lead-{exhibit.lead}-{_day(exhibit.made_at)}{twin}.zip"


def _manifest(exhibit: Exhibit, files: Mapping[str, bytes]) -> bytes:
    return spelled(
        {
            "v": VERSION,
            "kind": "patrol-evidence",
            "lead": exhibit.lead,
            "made_at": exhibit.made_at.isoformat(),
            "redacted": exhibit.redacted,
            "full_manifest": exhibit.full_manifest,
            "full_record": exhibit.full_record,
            "time": edges.time_of(attested=exhibit.attested, stamped=exhibit.stamped)[1],
            "seal": "The seal is over the text kept. The hash of the bytes received is not re-checkable.",
            "seals": {one.file: one.record for one in exhibit.captures if one.file and one.record},
            "files": {name: sha256(content) for name, content in sorted(files.items())},
        }
    )


def _readme(exhibit: Exhibit) -> str:
    alone = edges.time_of(attested=exhibit.attested, stamped=exhibit.stamped)
    twin = (
        f"遮蔽本；完整本目錄之 SHA-256 為 {exhibit.full_manifest}（紀錄 {exhibit.full_record}）。\n"
        f"Redacted. The complete bundle's manifest has SHA-256 {exhibit.full_manifest} (record {exhibit.full_record}).\n"
        if exhibit.redacted
        else ""
    )
    return (
        f"{label('evidence')} {exhibit.lead}\n\n{twin}"
        "驗證（離線，僅需 Python 3.11 與 cryptography；公鑰請向稽核另行取得）：\n"
        "To verify offline, with Python 3.11 and `cryptography`; get log.pub from the auditor, not from here:\n\n"
        "    python3 -I verifier.py verify BUNDLE.zip --key log.pub\n\n"
        "本次匯出之紀錄（export-record.json）在一分鐘內由檢查點簽署；其證明由稽核提供。\n"
        "The record of this export (export-record.json) is under a signed checkpoint a minute later; "
        "the auditor gives its proof.\n\n"
        f"{alone[0]}\n{alone[1]}\n\n"
        "真實性 Authenticity: manifest.json, export-record.json, proofs/\n"
        "來源 Identity and provenance: lead.json, captures/\n"
        "保存 Persistence: captures/ (封緘之文字 the text kept)\n"
        "可讀性 Renderability: report.pdf, report.txt\n"
        "限制 Limits: completeness.txt\n"
        "工作副本與證據副本不同；本檔為證據副本。 This is the evidentiary copy; work on another.\n"
    )


def spelled(document: object) -> bytes:
    """JSON of a bundle: the same document is always the same bytes."""
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode(
        errors="replace"
    )


def sha256(content: bytes) -> str:
    """In hex."""
    return hashlib.sha256(content).hexdigest()


def _day(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%SZ")
