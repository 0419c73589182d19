"""The bundle of a case: its leads as evidence, what speaks against it, and what it cannot contain."""

from collections.abc import Iterable, Mapping, Sequence

from patrol.exports import edges
from patrol.exports.bundle import SUMS, VERSION, Attachment, Sealed, sha256, spelled
from patrol.exports.dates import both
from patrol.exports.exhibit import Exhibit, LookFact
from patrol.exports.pdf import as_pdf
from patrol.exports.report import Block, Look, as_text, blocks
from patrol.exports.words import label
from patrol.models import Model, Moment
from patrol.places import visible

Two = tuple[str, str]

LIMITS: tuple[Two, ...] = (
    *edges.LIMITS,
    (
        "線索成為可能被害人者：其文字不在本檔，僅記其數目。",
        "Leads that turned out to be possible victims': their words are not here, only how many there are.",
    ),
    (
        "已依保存期限清除之線索：僅記其編號，以及何時、依何規則清除。",
        "Leads whose words were purged: only their numbers, when, and by which rule.",
    ),
    (
        "未曾標記之貼文、未設定之來源、其他單位之線索。",
        "Posts that no rule flagged, sources that nobody set up, and other units' leads.",
    ),
    (
        "經其他系統或以他人帳號所為之查看：本檔僅載存取紀錄所記者。",
        "Looks outside of this system, or under somebody else's account: who looked is as the access log has it.",
    ),
)
"""What a case's bundle cannot contain, in Chinese and in English."""
AGAINST: Mapping[str, Two] = {
    "dismissed": ("線索經排除", "dismissed"),
    "detached": ("線索經移出案件", "taken out of the case"),
    "changed": ("處置曾變更", "verdict changed"),
    "unlinked": ("線索經移出同一來源群", "taken out of a campaign"),
}
_NAMES: Mapping[str, Two] = {
    "case": ("案件證據報告", "Evidence report of a case"),
    "leads": ("線索", "Leads"),
    "detached": ("已移出之線索", "Leads that were taken out"),
    "hidden": ("可能被害人之線索（不附入）", "Possible victims' leads, left out"),
    "gone": ("文字已清除之線索", "Leads whose words were purged"),
    "opened_by": ("開案人", "Opened by"),
    "members": ("成員", "Members"),
    "title": ("案名", "Title"),
    "summary": ("摘要", "Summary"),
    "notes": ("案件註記（含更正前之文字）", "Notes on the case, with the words before corrections"),
}


class AgainstFact(Model):
    """Something that speaks against the case, or against a lead's place in it."""

    lead: int
    what: str
    account: str
    at: Moment
    words: str


class CaseNoteFact(Model):
    """One wording of an officer's note on the case."""

    case_number: int
    number: int
    version: int
    account: str
    at: Moment
    words: str


class CaseExhibit(Model):
    """A case, ready to be handed over."""

    number: int
    unit: str
    title: str
    summary: str
    status: str
    opened_by: str
    opened_at: Moment
    merged: tuple[int, ...]
    """Numbers of the cases that were merged into it."""
    members: tuple[str, ...]
    made_at: Moment
    made_by: str
    purpose: str
    leads: tuple[int, ...]
    detached: tuple[int, ...]
    """Those that were taken out; they are in the bundle all the same."""
    hidden: int
    """Possible victims' leads: nobody reads them here."""
    gone: tuple[int, ...]
    """Leads whose words were purged."""
    against: tuple[AgainstFact, ...]
    notes: tuple[CaseNoteFact, ...] = ()
    """Every wording of every note on it."""
    looks: tuple[LookFact, ...]
    """Who read the case or did something with it."""
    attested: bool
    stamped: str = ""
    """When and by whom the checkpoint of its proofs was stamped (RFC 3161), `TIME NAME`."""
    unproven: tuple[int, ...]


def sealed(
    case: CaseExhibit, leads: Sequence[Exhibit], attachments: Sequence[Attachment]
) -> Sealed:
    """Everything that is known before the export is recorded."""
    head = list(_head(case))
    files = {
        "README.txt": _readme(case).encode(),
        "report.txt": as_text(head).encode(errors="replace"),
        "report.pdf": as_pdf(head, f"{_name('case')} {case.number}"),
        "completeness.txt": "".join(f"{zh}\n{en}\n\n" for zh, en in LIMITS).encode(),
        "case.json": spelled(case.model_dump(mode="json")),
    }
    for one in leads:
        told = blocks(one)
        files[f"leads/{one.lead}/report.txt"] = as_text(told).encode(errors="replace")
        files[f"leads/{one.lead}/report.pdf"] = as_pdf(told, f"{label('lead')} {one.lead}")
        files[f"leads/{one.lead}/lead.json"] = spelled(one.model_dump(mode="json"))
    files |= {one.name: one.content for one in attachments}
    files[SUMS] = "".join(f"{sha256(files[name])}  {name}\n" for name in sorted(files)).encode()
    captures = [page for one in leads for page in one.captures]
    manifest = {
        "v": VERSION,
        "kind": "patrol-case",
        "case": case.number,
        "leads": [one.lead for one in leads],
        "made_at": case.made_at.isoformat(),
        "redacted": False,
        "time": edges.time_of(attested=case.attested, stamped=case.stamped)[1],
        "seal": "The seal is over the text kept. The hash of the bytes received is not re-checkable.",
        "seals": {page.file: page.record for page in captures if page.file and page.record},
        "files": {name: sha256(content) for name, content in sorted(files.items())},
    }
    return Sealed(files, spelled(manifest))


def name_of(case: CaseExhibit) -> str:
    """Of the ZIP: no collected word is in it."""
    return f"case-{case.number}-{case.made_at:%Y%m%dT%H%M%SZ}.zip"


def _name(name: str) -> str:
    chinese, english = _NAMES[name]
    return f"{chinese} {english}"


def _head(case: CaseExhibit) -> list[Block]:
    told: list[tuple[str, object]] = [
        (label("unit"), case.unit),
        (_name("title"), case.title),
        (_name("summary"), case.summary),
        (label("status"), case.status),
        (_name("opened_by"), case.opened_by),
        (label("opened"), both(case.opened_at)),
        (_name("members"), ", ".join(case.members)),
        (label("made"), both(case.made_at)),
        (label("made_by"), case.made_by),
        (label("reason"), case.purpose),
        (_name("leads"), _numbers(case.leads)),
        (_name("detached"), _numbers(case.detached)),
        (_name("hidden"), case.hidden or ""),
        (_name("gone"), _numbers(case.gone)),
    ]
    lines = [
        Block(Look.PLAIN, f"{name}: {visible(str(said))}") for name, said in told if said != ""
    ]
    alone = edges.time_of(attested=case.attested, stamped=case.stamped)
    return [
        Block(Look.TITLE, f"{_name('case')} {case.number}"),
        *lines,
        *(Block(Look.QUIET, " ".join(two)) for two in (alone, edges.ROUGH)),
        Block(Look.TITLE, label("against")),
        *_listed(_against(one) for one in case.against),
        Block(Look.HEADING, _name("notes")),
        *_listed(
            f"{one.case_number}-{one.number}.{one.version}, {both(one.at)}, {one.account}: {one.words}"
            for one in case.notes
        ),
        Block(Look.HEADING, label("looks")),
        *_listed(
            f"{one.record}: {both(one.at)} {one.account} {one.role or ''} {one.verb} {one.result}"
            for one in case.looks
        ),
        Block(Look.HEADING, label("unproven")),
        *_listed(map(str, case.unproven)),
        Block(Look.TITLE, label("limits")),
        *(Block(Look.PLAIN, f"{zh} {en}") for zh, en in LIMITS),
    ]


def _against(one: AgainstFact) -> str:
    chinese, english = AGAINST[one.what]
    line = f"{label('lead')} {one.lead}: {chinese} {english}, {both(one.at)}, {one.account}"
    return f"{line}: {one.words}" if one.words else line


def _listed(lines: Iterable[str]) -> list[Block]:
    told = [Block(Look.PLAIN, visible(line)) for line in lines]
    return told or [Block(Look.QUIET, label("none"))]


def _numbers(leads: Sequence[int]) -> str:
    return ", ".join(map(str, leads))


def _readme(case: CaseExhibit) -> str:
    alone = edges.time_of(attested=case.attested, stamped=case.stamped)
    return (
        f"{_name('case')} {case.number}\n\n"
        "驗證（離線，僅需 Python 3.11 與 cryptography；公鑰與本次匯出紀錄之證明請向稽核另行取得）：\n"
        "To verify offline, with Python 3.11 and `cryptography`; the auditor gives log.pub and the proof of this export's record:\n\n"
        "    python3 -I verifier.py verify BUNDLE.zip --key log.pub --proof PROOF\n\n"
        f"{alone[0]}\n{alone[1]}\n\n"
        "案件、不利事項與查看者 The case, what speaks against it, who looked: report.pdf, report.txt, case.json\n"
        "各線索 Each lead, with failed readings, hours unseen, the rules' precision and what was purged: leads/\n"
        "來源 Provenance: captures/\n"
        "真實性 Authenticity: manifest.json, export-record.json, proofs/\n"
        "限制 Limits: completeness.txt\n"
    )
