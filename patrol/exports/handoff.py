"""A report to somebody outside the house who can act: text only, in Chinese and in English, and as JSON.

Each receiver gets the fields that it needs (`GIVEN`) and no others.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping

from patrol.exports.dates import both
from patrol.models import Category, Model, Moment, PostedAt, Receiver, Titles
from patrol.places import visible

VERSION = 1
_LATER = (1980, 1, 1, 0, 0, 0)
"""Time of every entry: ZIP's own times have no zone and prove nothing."""

Two = tuple[str, str]
"""In Chinese and in English."""


class Item(Model):
    """A post that the receiver is to look at. What it does not need is None or empty."""

    lead: int
    url: str
    source: Titles
    category: str | None
    posted_at: PostedAt | None
    first_seen_at: Moment
    last_seen_at: Moment
    mandate: str
    """Number of the authorization under which it was read."""
    seal: str
    """SHA-256 of the sealed capture."""
    media: int
    """Pictures and clips that stood there and were never fetched."""
    words: str | None = None
    author: str | None = None
    """As shown. Never a resolved identity."""
    contacts: tuple[tuple[str, str], ...] = ()
    """Kind and value of those that the post offers."""
    images: tuple[str, ...] = ()
    """Addresses of images, where two persons allowed it; spelled so that no program opens them."""


class Package(Model):
    """What is handed over."""

    receiver: Receiver
    platform: str
    """Which platform; empty for others."""
    unit: str
    made_at: Moment
    made_by: str
    reason: str
    check_on: str | None
    """The day on which we look again, `2026-11-30`."""
    items: tuple[Item, ...]


GIVEN: Mapping[Receiver, frozenset[str]] = {
    Receiver.PLATFORM: frozenset({"words", "author", "images"}),
    Receiver.IMAGE_CENTRE: frozenset({"words", "author", "images"}),
    Receiver.IWIN: frozenset({"words"}),
    Receiver.FRAUD_LINE: frozenset({"words", "author", "contacts"}),
}
"""Fields that not everybody gets."""

NAMES: Mapping[Receiver, Two] = {
    Receiver.PLATFORM: ("網路平臺業者", "Platform operator"),
    Receiver.IMAGE_CENTRE: ("性影像處理中心", "Centre for sexual images"),
    Receiver.IWIN: ("iWIN 網路內容防護機構", "iWIN, Institute of Watch Internet Network"),
    Receiver.FRAUD_LINE: ("165 反詐騙諮詢專線", "165 anti-fraud line"),
}
ASKED: Mapping[Receiver, Two] = {
    Receiver.PLATFORM: (
        "請檢視下列網址，依法令及貴平臺規範限制瀏覽或移除，並保留偵查所需資料；請回覆受理編號。",
        "Please look at the addresses below, restrict or remove what law or your terms forbid, keep what investigators need, and answer with a reference number.",
    ),
    Receiver.IMAGE_CENTRE: (
        "請受理下列網址，協助移除或限制瀏覽，並回覆受理編號。本報告不含任何圖片；圖片從未被擷取。",
        "Please take up the addresses below, help to have them removed or restricted, and answer with a reference number. No image is in this report; none was ever fetched.",
    ),
    Receiver.IWIN: (
        "請受理下列網址，依權責轉請業者處理，並回覆案件編號。",
        "Please take up the addresses below, pass them on to whoever carries them, and answer with a case number.",
    ),
    Receiver.FRAUD_LINE: (
        "請受理下列疑似詐騙之網址與聯絡方式，並回覆受理編號。",
        "Please take up the addresses and contacts below, which may serve fraud, and answer with a reference number.",
    ),
}
_EDGES: Two = (
    "本報告僅依公開文字製作，由人員判斷後送出；帳號依網站所示，未查證真實身分。分數與規則僅為線索，不是認定。",
    "Made from public text alone and sent by a person. Accounts are as shown and were never resolved. What was flagged is a reason to look, no finding.",
)
_CATEGORIES: Mapping[str, Two] = {
    Category.EMOTIONAL_DECEPTION: ("情感欺騙", "emotional deception"),
    Category.EMOTIONAL_BLACKMAIL: ("情感勒索", "emotional blackmail"),
    Category.INTIMIDATION: ("恐嚇", "intimidation"),
    Category.SOLICITATION: ("引誘", "solicitation"),
    Category.TRADING: ("買賣", "trading"),
    Category.DRUGS: ("毒品", "drugs"),
    Category.ARMS: ("槍械", "arms"),
    Category.ORGANIZED_CRIME: ("組織犯罪", "organized crime"),
    Category.FRAUD: ("詐欺", "fraud"),
    Category.GAMBLING: ("賭博", "gambling"),
}
_LABELS: Mapping[str, Two] = {
    "title": ("通報單", "Notice"),
    "to": ("受文者", "To"),
    "from": ("發文單位", "From"),
    "made": ("製作時間", "Made"),
    "made_by": ("承辦人帳號", "Officer's account"),
    "reason": ("事由", "Reason"),
    "check_on": ("預定複查日期", "We look again on"),
    "items": ("筆數", "Posts"),
    "item": ("第 {0} 筆（線索 {1}）", "Post {0} (lead {1})"),
    "url": ("網址（僅文字）", "Address, as text"),
    "source": ("網站", "Site"),
    "category": ("類別", "Category"),
    "posted": ("發文時間（依網站所示）", "Posted, as the site printed it"),
    "first_seen": ("首次看見", "First seen"),
    "last_seen": ("最後看見", "Last seen"),
    "author": ("帳號（依網站所示）", "Account as shown"),
    "contacts": ("所提供之聯絡方式", "Contacts that it offers"),
    "media": ("未擷取之圖片或影片", "Pictures or clips, never fetched"),
    "images": ("圖片網址（經雙人核准）", "Addresses of images, allowed by two persons"),
    "mandate": ("授權文號", "Authorization"),
    "seal": ("封緘 SHA-256", "Seal, SHA-256"),
    "words": ("文字", "Words"),
}


def packed(package: Package) -> bytes:
    """The notice as a ZIP of text files. The same notice is always the same bytes."""
    files = {
        "notice.zh-Hant.txt": as_text(package, 0).encode(errors="replace"),
        "notice.en.txt": as_text(package, 1).encode(errors="replace"),
        "notice.json": _spelled(package),
    }
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, "SHA256SUMS": sums.encode()}.items():
            entry = zipfile.ZipInfo(name, _LATER)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return written.getvalue()


def as_text(package: Package, language: int) -> str:
    """The notice in one language: 0 is Chinese, 1 is English."""
    title = _LABELS["title"][language]
    lines = [title, "=" * 40, *_head(package, language), "", ASKED[package.receiver][language]]
    for number, item in enumerate(package.items, 1):
        heading = _LABELS["item"][language].format(number, item.lead)
        lines += ["", heading, "-" * 40, *_item(item, language)]
    return "\n".join([*lines, "", _EDGES[language]]) + "\n"


def _head(package: Package, language: int) -> Iterator[str]:
    name = NAMES[package.receiver][language]
    yield from _pairs(
        language,
        ("to", f"{name}: {package.platform}" if package.platform else name),
        ("from", package.unit),
        ("made", both(package.made_at)),
        ("made_by", package.made_by),
        ("reason", package.reason),
        ("check_on", package.check_on),
        ("items", len(package.items)),
    )


def _item(item: Item, language: int) -> Iterator[str]:
    posted = item.posted_at
    site = item.source.get("zh-Hant" if language == 0 else "en") or next(iter(item.source.values()))
    category = _CATEGORIES[item.category][language] if item.category else None
    yield from _pairs(
        language,
        ("url", item.url),
        ("source", site),
        ("category", category),
        ("posted", posted and f"{both(posted.at)}, ± {posted.precision}"),
        ("first_seen", both(item.first_seen_at)),
        ("last_seen", both(item.last_seen_at)),
        ("author", item.author),
        ("contacts", "; ".join(f"{kind} {value}" for kind, value in item.contacts)),
        ("media", item.media or None),
        ("images", " ; ".join(item.images)),
        ("mandate", item.mandate),
        ("seal", item.seal),
    )
    if item.words is not None:
        yield f"{_LABELS['words'][language]}:"
        yield from (f"  | {line}" for line in visible(item.words).split("\n"))


def _pairs(language: int, *told: tuple[str, object]) -> Iterable[str]:
    for name, value in told:
        if value not in (None, ""):
            line = visible(str(value)).replace("\n", " / ")
            yield f"{_LABELS[name][language]}: {line}"


def _spelled(package: Package) -> bytes:
    told = {
        "patrol_notice": VERSION,
        **package.model_dump(mode="json"),
        "asked": dict(zip(("zh-Hant", "en"), ASKED[package.receiver], strict=True)),
        "limits": dict(zip(("zh-Hant", "en"), _EDGES, strict=True)),
    }
    return (json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode(
        errors="replace"
    )
