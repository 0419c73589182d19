"""A report's blocks, in their order: the text file and the PDF show the same ones."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from patrol.exports import edges
from patrol.exports.dates import both
from patrol.exports.exhibit import CaptureFact, Exhibit, MandateFact, RunFact, SightingFact
from patrol.exports.words import LABELS, label
from patrol.models import Part, Proxied, RobotsVerdict
from patrol.places import visible


class Look(StrEnum):
    """How a block is set."""

    TITLE = "title"
    HEADING = "heading"
    PLAIN = "plain"
    WORDS = "words"
    """Collected words, as the board showed them."""
    QUIET = "quiet"


class Block(NamedTuple):
    """A paragraph."""

    look: Look
    text: str


def blocks(exhibit: Exhibit) -> list[Block]:
    """The whole report."""
    return [*_head(exhibit), *_found(exhibit), *_against(exhibit), *_limits(exhibit)]


def as_text(blocks: Iterable[Block]) -> str:
    """Plain lines: headings underlined, collected words behind a bar."""
    lines: list[str] = []
    for look, text in blocks:
        if look in {Look.TITLE, Look.HEADING}:
            lines += ["", text, ("=" if look is Look.TITLE else "-") * 40]
        elif look is Look.WORDS:
            lines += [f"  | {line}" for line in text.split("\n")]
        else:
            lines.append(text)
    return "\n".join(lines).lstrip("\n") + "\n"


def _pair(name: str, value: object) -> Block:
    return Block(Look.PLAIN, f"{label(name)}: {visible(str(value))}")


def _pairs(*told: tuple[str, object]) -> Iterator[Block]:
    return (_pair(name, value) for name, value in told if value not in (None, "", ()))


def _said(sentence: tuple[str, str], look: Look = Look.QUIET) -> Block:
    return Block(look, f"{sentence[0]} {sentence[1]}")


def _verdict(known: bool | None) -> str:  # noqa: FBT001  (three answers)
    return label("unknown" if known is None else "yes" if known else "no")


def _head(one: Exhibit) -> Iterator[Block]:
    title = f"{label('evidence')} {one.lead}"
    yield Block(Look.TITLE, f"{title} · {label('redacted')}" if one.redacted else title)
    yield from _pairs(
        ("unit", one.unit),
        ("kind", one.kind),
        ("category", one.category),
        ("status", one.status),
        ("score", one.score),
        ("opened", both(one.opened_at)),
        ("made", both(one.made_at)),
        ("made_by", one.made_by),
        ("reason", one.reason),
        ("full", one.full_manifest),
    )
    yield _said(edges.time_of(attested=one.attested, stamped=one.stamped))
    yield _said(edges.ROUGH)


def _found(one: Exhibit) -> Iterator[Block]:
    for sighting in one.sightings:
        yield from _sighting(sighting)
    for capture in one.captures:
        yield from _capture(capture)
    for mandate in one.mandates:
        yield from _mandate(mandate)
    yield _said(edges.LAWFUL)
    for run in one.runs:
        yield Block(Look.PLAIN, f"{label('run')} {_run(run)}")


def _sighting(one: SightingFact) -> Iterator[Block]:
    yield Block(Look.HEADING, f"{label('sighting')} {one.id}")
    posted = one.posted_at
    yield from _pairs(
        ("source", f"{one.source_title.get('zh-Hant', one.source)} {one.source_title.get('en', '')} ({one.channel})"),
        ("address", one.url),
        ("author", one.author),
        ("posted", posted and f"{both(posted.at)}, ± {posted.precision}, {posted.read_from}"),
        ("first_seen", both(one.first_seen_at)),
        ("last_seen", both(one.last_seen_at)),
        ("missed", one.missed_at and both(one.missed_at)),
        ("gone", one.gone_at and both(one.gone_at)),
        ("version", one.version),
        ("media", one.media or None),
    )  # fmt: skip
    yield Block(Look.PLAIN, label("words"))
    yield Block(Look.WORDS, visible(one.words))
    yield _pair("agrees", _verdict(one.agrees))
    for match in one.matches:
        names = f"{match.title.get('zh-Hant', match.rule)} {match.title.get('en', '')}"
        yield _pair("rule", f"{match.rule} v{match.version}, {names}, {match.category or '-'}")
        marked = " / ".join(one.words[start:end] for start, end in match.places)
        yield from _pairs(("marked", marked), ("why", match.why), ("offence", match.offence))
    for handle in one.handles:
        yield _pair("handle", f"{handle.kind} {handle.value} ({handle.role})")
    yield from _pairs(
        ("score", f"{one.score} = {_summands(one)}" if one.parts else one.score),
        ("engine", one.engine),
        ("ruleset", one.ruleset_sha256),
        ("capture", one.capture),
        ("mandate", one.authorization),
        ("run", one.run),
    )


def _summands(one: SightingFact) -> str:
    """The parts of a score, each by its name: they add up to it."""
    return " ".join(
        f"{part.points:+d} {label(part.name) if part.name in LABELS else part.name}"
        f"{f' ({_basis(part)})' if part.of is not None else ''}"
        for part in one.parts
    )


def _basis(part: Part) -> str:
    return str(part.of) if part.right is None else f"{part.right}/{part.of}"


def _capture(one: CaptureFact) -> Iterator[Block]:
    yield Block(Look.HEADING, f"{label('capture')} {one.id}")
    page = one.page
    yield from _pairs(
        ("captured", both(one.fetched_at)),
        ("address", page and page.url),
        ("hops", page and " → ".join(page.hops)),
        ("answered", page and page.address),
        ("proxy", page and page.proxied and f"{page.proxied.proxy} ({page.proxied.address})"),
        ("looked_up", page and page.proxied and _looked_up(page.proxied)),
        ("certificate", page and page.tls and page.tls.certificate_sha256),
        ("secured", page and page.tls and f"{page.tls.version}, {page.tls.cipher}"),
        ("sent", page and "; ".join(f"{name}: {said}" for name, said in page.sent.items())),
        ("robots", page and page.robots and _robots(page.robots)),
        ("http", page and page.status),
        (
            "charset",
            page and f"{page.charset}{' (encoding_suspect)' if page.encoding_suspect else ''}",
        ),
        ("raw", one.raw_sha256),
        ("seal", one.seal),
        ("holds", _verdict(one.holds)),
        ("named", one.record),
        ("left_out", one.left_out),
    )


def _looked_up(way: Proxied) -> str:
    return ", ".join(way.looked_up) or label("by_proxy_alone")


def _robots(said: RobotsVerdict) -> str:
    rule = said.rule or label("no_rule")
    if said.overridden:
        rule = f"{rule} ({label('overridden')})"
    return f"{rule} (HTTP {said.status}, {both(said.fetched_at)})"


def _mandate(one: MandateFact) -> Iterator[Block]:
    yield Block(Look.HEADING, f"{label('mandate')} {one.id}")
    yield from _pairs(
        ("basis", one.basis),
        ("number", one.number),
        ("document", one.document_sha256),
        ("scope", f"{', '.join(one.hosts)} {', '.join(one.paths)}"),
        ("https_only", _verdict(one.https_only) if one.https_only else None),
        ("parameters", ", ".join(one.parameters)),
        ("parameters_refused", ", ".join(one.parameters_refused)),
        ("category", ", ".join(one.categories)),
        ("directed_at", one.directed_at or None),
        ("trial", _verdict(one.trial) if one.trial else None),
        ("declares_age", one.declares_age),
        ("user_agent", label(f"agent_{one.conduct.user_agent}")),
        ("terms", label(one.conduct.terms)),
        ("overrides_robots", _verdict(one.conduct.overrides_robots)),
        ("departs", one.conduct.reason),
        ("requester", one.requester),
        ("approver", one.approver),
        ("emergency", _verdict(one.emergency) if one.emergency else None),
        ("valid", f"{both(one.valid_from)} – {both(one.valid_until)}"),
        ("revoked", one.revoked_at and both(one.revoked_at)),
    )


def _run(one: RunFact) -> str:
    when = both(one.begun_at or one.due_at)
    return visible(
        f"{one.id}: {one.source}, {when}, {one.outcome or '-'}. {one.detail}".rstrip(". ")
    )


def _against(one: Exhibit) -> Iterator[Block]:
    yield Block(Look.TITLE, label("against"))
    yield from _listed(
        "decisions",
        (
            f"{both(said.at)} {said.account}: {said.verdict}"
            + "".join(f", {more}" for more in (said.reason, said.false_rule, said.note) if more)
            + (f" ({label('overruled')})" if said.overruled else "")
            for said in one.decisions
        ),
    )
    yield from _listed(
        "precision",
        (
            f"{rule.rule} v{rule.version}, – {both(rule.until)}: {rule.right}/{rule.decided}"
            f" ({rule.low:.0%} – {rule.high:.0%})"
            for rule in one.precision
        ),
    )
    yield from _listed("failed", map(_run, one.failed))
    yield from _listed(
        "gaps",
        (f"{gap.day} {gap.source}: {gap.unseen_hours:.1f}/{gap.due_hours:.1f} h" for gap in one.gaps),
    )  # fmt: skip
    yield from _listed("forgotten", one.forgotten)
    yield from _listed(
        "looks",
        (
            f"{look.record}: {both(look.at)} {look.account} {look.role or ''} {look.verb} {look.result}"
            for look in one.looks
        ),
    )
    yield from _listed("unproven", map(str, one.unproven))


def _listed(name: str, lines: Iterable[str]) -> Iterator[Block]:
    yield Block(Look.HEADING, label(name))
    told = [Block(Look.PLAIN, visible(line)) for line in lines]
    yield from told or [Block(Look.QUIET, label("none"))]


def _limits(_one: Exhibit) -> Iterator[Block]:
    yield Block(Look.TITLE, label("limits"))
    for sentence in edges.LIMITS:
        yield _said(sentence, Look.PLAIN)
