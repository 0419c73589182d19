"""Keeps flagged posts: leads, sealed captures, sightings with what explains them, and rows for the index.

All pages of a group are written together, table by table: a statement costs
the database far less than Django, and a page of offers has hundreds of rows.
"""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from patrol.models import Category, Flagging, HandleRole, LeadKind, Post, ReadPage
from patrol.register.inserts import Insert
from patrol.register.sealing import Seal, keyed_hash
from patrol.register.spared import spared
from patrol.register.tables import (
    CaptureRow,
    HandleRow,
    MatchRow,
    OutboxRow,
    RunRow,
    Sighting,
)
from pipelines import images
from pipelines.aside import Aside
from pipelines.duplicates import SHORTEST_DUPLICATE, squeezed_all
from pipelines.gone import page_hmac
from pipelines.history import written
from pipelines.leads import LeadAtHand, Leads
from pipelines.seen import Words, see, versions

NEIGHBOURS = 5
"""Posts of the same page that are sealed with a flagged one, nearest first."""
_SALT_BYTES = 16
"""Of a seal: the log keeps the hash of what was sealed, and nobody shall guess words from it."""

_CAPTURES = Insert(
    CaptureRow,
    *("run", "authorization", "unit", "fetched_at", "raw_sha256", "engine", "body", "body_sha256"),
)
_SIGHTINGS = Insert(
    Sighting,
    *("source", "authorization", "run", "ruleset_sha256", "first_seen_at", "last_seen_at"),
    *("key", "words_hmac", "version", "capture", "engine", "lead", "unit", "body"),
    *("duplicate_hmac", "posted_at", "posted_precision", "score", "parts"),
    *("author_hmac", "said_day", "stale_at", "page_hmac"),
)
_MATCHES = Insert(
    MatchRow,
    *("sighting", "rule", "version", "kind", "category", "spans", "weight", "again_hmac"),
)
_HANDLES = Insert(
    HandleRow,
    *("sighting", "kind", "tag", "value", "role", "role_before", "confidence"),
    *("span_start", "span_end"),
)
_OUTBOX = Insert(OutboxRow, "kind", "subject", "op", "written_at", "attempts", "next_at")


class Found(NamedTuple):
    """A post that was not seen in these words before."""

    post: Post
    words_hmac: str
    flagging: Flagging
    author_hmac: str | None = None
    said_day: int | None = None
    stale_at: datetime | None = None


class _Flagged(NamedTuple):
    """A flagged post, with all that can be said of it before anything is written."""

    found: Found
    letters: int
    """Of what is compared for the same words elsewhere."""
    duplicate: str
    body: bytes
    tags: Sequence[str]
    """Of its contacts."""

    @property
    def version(self) -> Words:
        """Of which post, in which words."""
        return self.found.post.key, self.found.words_hmac


class FlaggedPage(NamedTuple):
    """The flagged posts of a page, and what is sealed for them."""

    page: ReadPage
    flagged: Sequence[_Flagged]
    body: bytes
    seal: Seal
    body_sha256: str


@dataclass(slots=True)
class _Kept:
    """A flagged post with its lead and the number of its version, before it is written."""

    flagged: _Flagged
    lead: LeadAtHand
    version: int
    again: Mapping[str, str]
    page: int
    """Place of its page."""


class KeptPage(NamedTuple):
    """What was written of a page."""

    sightings: Sequence[int]
    """Their numbers."""
    leads: int
    """Opened for it."""
    seal: str
    """SHA-256 of what was sealed for it."""


class FlaggedKeeper:
    """Writes the flagged posts of one run."""

    def __init__(self, run: RunRow, aside: Aside, ruleset_sha256: str) -> None:
        if run.authorization is None:
            raise ValueError(f"run {run.pk} has no authorization: nothing may be kept")
        self.run = run
        self.mandate = run.authorization
        self.aside = aside
        self.ruleset_sha256 = ruleset_sha256
        self._seals_images = bool(set(map(Category, self.mandate.categories)) & images.METHODS)

    def draft(
        self, pages: Sequence[ReadPage], found: Sequence[Sequence[Found]]
    ) -> dict[int, FlaggedPage]:
        """What is to be written of the pages that hold something flagged, by their place: all that needs no turn."""
        flagged = [[one for one in each if one.flagging.matches] for each in found]
        every = [one for each in flagged for one in each]
        ready = iter(map(_ready, every, squeezed_all([one.post.words for one in every])))
        drafts = {}
        for place, (page, each) in enumerate(zip(pages, flagged, strict=True)):
            if each:
                body = _capture_body(page, {one.post.key for one in each})
                seal = Seal.fresh("capture", f"run:{self.run.pk} {page.capture.raw_sha256[:16]}")
                own = [next(ready) for _ in each]
                drafts[place] = FlaggedPage(page, own, body, seal, hashlib.sha256(body).hexdigest())
        return drafts

    def keep(
        self,
        drafts: Mapping[int, FlaggedPage],
        found: Sequence[Found],
        again: Counter[str],
        now: datetime,
    ) -> dict[int, KeptPage]:
        """Write these pages' flagged posts, in the transaction at hand and before their other posts.

        `found` are all new posts of the group, flagged or not. Matches that are the
        same again are added to `again`, by their rule.
        """
        if not drafts:
            return {}
        numbered = versions(self.run.source_id, [(one.post.key, one.words_hmac) for one in found])
        every = [one.version for draft in drafts.values() for one in draft.flagged]
        see(self.run.source_id, every, now, flagged=True)
        kept, opened = self._led(drafts, numbered, again, now)
        captures = self._sealed(drafts)
        numbers = self._write(kept, captures, drafts, now)
        own: dict[int, list[int]] = {place: [] for place in drafts}
        for one, number in zip(kept, numbers, strict=True):
            own[one.page].append(number)
        return {
            place: KeptPage(own[place], opened[place], draft.body_sha256)
            for place, draft in drafts.items()
        }

    def _led(
        self,
        drafts: Mapping[int, FlaggedPage],
        numbered: Mapping[Words, int],
        again: Counter[str],
        now: datetime,
    ) -> tuple[list[_Kept], Counter[int]]:
        """Each post with its lead, which has a number now; and how many were opened for each page."""
        every = [(place, one) for place, draft in drafts.items() for one in draft.flagged]
        keys = {one.found.post.key for _, one in every}
        leads = Leads(self.run.source, keys, {one.duplicate for _, one in every}, now)
        fresh: dict[tuple[str, str], LeadAtHand] = {}
        kept: list[_Kept] = []
        opened: Counter[int] = Counter()
        for place, one in every:
            post, _, flagging, *_ = one.found
            version = numbered[one.version]
            same = self.aside.again(post, flagging)
            before = self.aside.earlier(flagging, same, fresh) if version == 1 else None
            again.update(list(same) if before else ())
            links = one.duplicate if one.letters >= SHORTEST_DUPLICATE else None
            lead, new = leads.lead_for(post, flagging, links, before)
            for rule_key in same.items():
                fresh.setdefault(rule_key, lead)
            opened[place] += new
            kept.append(_Kept(one, lead, version, same, place))
        leads.save([draft.seal for draft in drafts.values()])
        return kept, opened

    def _sealed(self, drafts: Mapping[int, FlaggedPage]) -> dict[int, int]:
        """The numbers of the captures, by the page's place."""
        run, mandate = self.run.pk, self.mandate.pk
        rows = []
        for page, _, body, seal, body_sha256 in drafts.values():
            read = (page.capture.fetched_at, page.capture.raw_sha256, page.engine)
            rows.append((run, mandate, seal.pk, *read, seal.seal(body), body_sha256))
        numbers = _CAPTURES.numbered(rows)
        return dict(zip(drafts, numbers, strict=True))

    def _write(
        self,
        kept: Sequence[_Kept],
        captures: Mapping[int, int],
        drafts: Mapping[int, FlaggedPage],
        now: datetime,
    ) -> list[int]:
        """Sightings, what explains them, and that the index is to hear of them. Returns the sightings' numbers."""
        run = (self.run.source_id, self.mandate.pk, self.run.pk, self.ruleset_sha256, now, now)
        at = {place: page_hmac(draft.page) for place, draft in drafts.items()}
        numbers = _SIGHTINGS.numbered(
            [
                (*run, *_sighting(one, captures[one.page], drafts[one.page].page), at[one.page])
                for one in kept
            ]
        )
        pairs = list(zip(numbers, kept, strict=True))
        _MATCHES.all([row for number, one in pairs for row in _matches(number, one)])
        spare = spared(self.run.source.unit_id, {tag for one in kept for tag in one.flagged.tags})
        _HANDLES.all([row for number, one in pairs for row in _handles(number, one, spare)])
        if self._seals_images:
            images.keep((number, one.lead.seal, one.flagged.found.post) for number, one in pairs)
        _OUTBOX.all(
            [
                (kind, subject, "put", now, 0, now)
                for number, one in pairs
                for kind, subject in (("post", number), ("lead", one.lead.number))
            ]
        )
        return numbers


def _ready(found: Found, squeezed: str) -> _Flagged:
    return _Flagged(
        found,
        len(squeezed),
        keyed_hash("duplicate", squeezed),
        found.post.model_dump_json().encode(errors="replace"),
        [keyed_hash("handle", f"{one.kind}:{one.value}") for one in found.flagging.handles],
    )


def _sighting(kept: _Kept, capture: int, page: ReadPage) -> tuple[object, ...]:
    (post, words_hmac, flagging, author, said_day, stale_at), _, duplicate, body, _ = kept.flagged
    if author and kept.lead.kind == LeadKind.POSSIBLE_VICTIM:
        author, said_day, stale_at = None, None, page.capture.fetched_at
    posted_at = post.posted_at
    return (
        post.key,
        words_hmac,
        kept.version,
        capture,
        page.engine,
        kept.lead.number,
        kept.lead.seal.pk,
        kept.lead.seal.seal(body),
        duplicate,
        posted_at.at if posted_at else None,
        posted_at.precision if posted_at else None,
        flagging.score,
        [written(part) for part in flagging.parts],
        author,
        said_day,
        stale_at,
    )


def _matches(sighting: int, kept: _Kept) -> list[tuple[object, ...]]:
    return [
        (
            sighting,
            match.rule,
            match.version,
            match.kind,
            match.category,
            [[span.start, span.end] for span in match.spans],
            match.weight,
            kept.again.get(match.rule),
        )
        for match in kept.flagged.found.flagging.matches
    ]


def _handles(sighting: int, kept: _Kept, spare: set[str]) -> list[tuple[object, ...]]:
    """A contact that officers called a victim's is spared, and what its reader said of it kept beside."""
    return [
        (
            sighting,
            handle.kind,
            tag,
            kept.lead.seal.seal(handle.value.encode(errors="replace")),
            HandleRole.SPARED if tag in spare else handle.role,
            handle.role if tag in spare else None,
            handle.confidence,
            handle.span.start,
            handle.span.end,
        )
        for handle, tag in zip(kept.flagged.found.flagging.handles, kept.flagged.tags, strict=True)
    ]


def _capture_body(page: ReadPage, flagged: set[str]) -> bytes:
    return json.dumps(
        {
            "capture": page.capture.model_dump(mode="json"),
            "salt": secrets.token_hex(_SALT_BYTES),
            "posts": [
                page.posts[place].model_dump(mode="json") for place in _near(page.posts, flagged)
            ],
        },
        ensure_ascii=False,
        sort_keys=True,
    ).encode(errors="replace")


def _near(posts: Sequence[Post], flagged: set[str]) -> list[int]:
    """Places of the flagged posts and of the five nearest neighbours of each, in page order."""
    wanted: set[int] = set()
    for place, post in enumerate(posts):
        if post.key in flagged:
            near = range(max(0, place - NEIGHBOURS), min(len(posts), place + NEIGHBOURS + 1))
            by_distance = sorted(near, key=lambda other: (abs(other - place), other))
            wanted.update(by_distance[: NEIGHBOURS + 1])
    return sorted(wanted)
