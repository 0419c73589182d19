"""A lead as evidence: what was found, by which rules and under which mandate, and what speaks against it."""

from patrol.models import Capture, Conduct, Model, Moment, Part, PostedAt, Titles


class HandleFact(Model):
    """A contact that stands in a post."""

    kind: str
    value: str
    role: str
    confidence: float
    places: tuple[tuple[int, int], ...]
    """Start and end in the sighting's words, in code points."""


class MatchFact(Model):
    """A rule that hit."""

    rule: str
    version: int
    title: Titles
    category: str | None
    weight: int
    why: str
    offence: str | None
    places: tuple[tuple[int, int], ...]
    """Start and end of the characters that made it hit."""


class SightingFact(Model):
    """One version of a post, with where it comes from."""

    id: int
    source: str
    source_title: Titles
    channel: str
    key: str
    """The board's own id for the post."""
    version: int
    url: str
    author: str | None
    """As shown. Never a resolved identity."""
    posted_at: PostedAt | None
    words: str
    """The text kept: what is sealed."""
    media: int
    """Pictures and clips that stood there and were never asked for."""
    first_seen_at: Moment
    last_seen_at: Moment
    missed_at: Moment | None = None
    """When its page, and the rest of its thread, were first read whole without it; None unless it is gone."""
    gone_at: Moment | None = None
    """When that was so for the second time, in another run."""
    score: int
    parts: tuple[Part, ...] = ()
    """Its summands, as they were counted when the bundle was made."""
    ruleset_sha256: str
    engine: str
    matches: tuple[MatchFact, ...]
    handles: tuple[HandleFact, ...]
    authorization: int
    run: int
    capture: int
    agrees: bool | None
    """Whether these words are those of the sealed capture; None where that cannot be compared any more."""


class CaptureFact(Model):
    """A page as it was received, and its seal."""

    id: int
    page: Capture | None
    """None once it is forgotten."""
    fetched_at: Moment
    raw_sha256: str
    """Of the bytes received. Not re-checkable: the bytes were not kept."""
    seal: str
    """SHA-256 of the sealed JSON."""
    holds: bool | None
    """Whether what is kept has that hash; None once it is forgotten."""
    record: int | None
    """Of the access log, that names the seal; None for what was kept before seals were named there."""
    file: str | None = None
    """The sealed JSON in this bundle."""
    left_out: str | None = None
    """Why it is not in this bundle."""


class MandateFact(Model):
    """An authorization as approved."""

    id: int
    basis: str
    number: str
    document_sha256: str | None
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    https_only: bool = False
    parameters: tuple[str, ...] = ()
    """Those of an address that it covers, as `f=7`."""
    parameters_refused: tuple[str, ...] = ()
    categories: tuple[str, ...]
    directed_at: int = 0
    """Persons' contacts and names that it is directed at, which the document names; 0 is general patrol."""
    trial: bool = False
    """It covers single looks only."""
    declares_age: str | None = None
    """The cookie that was sent to say that a visitor is of age, and the host that got it."""
    conduct: Conduct = Conduct()
    """How the site was met."""
    emergency: bool = False
    """Break-glass: one person's for a day, with auditors told."""
    requester: str
    approver: str | None
    valid_from: Moment
    valid_until: Moment
    revoked_at: Moment | None


class RunFact(Model):
    """A reading of the source."""

    id: int
    source: str
    authorization: int | None
    due_at: Moment
    begun_at: Moment | None
    ended_at: Moment | None
    outcome: str | None
    detail: str
    pages: int
    posts: int
    requests_refused: int
    media_cut: int


class GapFact(Model):
    """Hours of a day in which a source should have been watched, and was not."""

    source: str
    day: str
    """Of Asia/Taipei, `2026-11-22`."""
    unseen_hours: float
    due_hours: float


class PrecisionFact(Model):
    """How often a rule had been right when it hit, by the decisions of people until then."""

    rule: str
    version: int
    until: Moment
    """The day's end on which it hit."""
    right: int
    """Leads that were marked relevant, escalated or referred."""
    decided: int
    low: float
    """Wilson's interval, 95 %."""
    high: float


class DecisionFact(Model):
    """A verdict, also one that was changed later."""

    at: Moment
    account: str
    verdict: str
    reason: str | None
    false_rule: str | None
    note: str | None
    overruled: bool
    """Whether another verdict followed."""


class LookFact(Model):
    """Who saw the lead or did something with it, as the access log has it."""

    record: int
    at: Moment
    account: str
    role: str | None
    verb: str
    result: str


class Exhibit(Model):
    """A lead, ready to be handed over."""

    lead: int
    unit: str
    kind: str
    category: str | None
    status: str
    score: int
    lead_version: int
    opened_at: Moment
    made_at: Moment
    made_by: str
    reason: str
    redacted: bool = False
    full_manifest: str | None = None
    """Of a redacted one: SHA-256 of the manifest of the complete bundle."""
    full_record: int | None = None
    """The record of the access log that says the complete one was made."""
    attested: bool = False
    stamped: str = ""
    """When and by whom the checkpoint of its proofs was stamped (RFC 3161), `TIME NAME`; empty without a stamp."""
    """Whether a witness outside this machine signed the log's checkpoint."""
    sightings: tuple[SightingFact, ...]
    captures: tuple[CaptureFact, ...]
    mandates: tuple[MandateFact, ...]
    runs: tuple[RunFact, ...]
    decisions: tuple[DecisionFact, ...]
    looks: tuple[LookFact, ...]
    failed: tuple[RunFact, ...]
    """Readings of the same sources that did not go as they should, since shortly before the first sighting."""
    gaps: tuple[GapFact, ...]
    precision: tuple[PrecisionFact, ...]
    forgotten: tuple[str, ...]
    """What was purged, and when, in English."""
    unproven: tuple[int, ...] = ()
    """Records that no signed checkpoint vouched for when this was made."""
