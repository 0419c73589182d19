"""Opens flagged posts to be compared: their words without contacts, what they offer, and who wrote them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q

from patrol.actions.linking.standing import judged_tags
from patrol.actions.triaging.reading import OpenSighting
from patrol.models import HandleRole, LeadKind, LinkState
from patrol.register.sealing import Forgotten, keyed_hash, unseal
from patrol.register.tables import HandleRow, Sighting
from pipelines.bonds import MOST_AUTHORS, Paper, everybodys
from pipelines.duplicates import SHORTEST_DUPLICATE, squeezed
from pipelines.near import Signature, sign, without


@dataclass(frozen=True)
class Read:
    """What was read of a sighting."""

    said: str
    signature: Signature
    offered: frozenset[str]
    author_tag: str | None

    def paper(self, own: Collection[str] | Mapping[str, object]) -> Paper:
        """As it is compared; `own` are contacts that join."""
        return Paper(self.said, self.signature, self.offered & set(own))


def read_each(unit: int, rows: Sequence[Sighting]) -> dict[int, Read]:
    """Open the words of each. Those whose key was destroyed say nothing."""
    bare: list[str] = []
    said: list[str] = []
    authors: list[str | None] = []
    for row in rows:
        try:
            post = OpenSighting(row).post
        except Forgotten:
            bare.append("")
            said.append("")
            authors.append(None)
            continue
        spans = [(handle.span_start, handle.span_end) for handle in row.handles.all()]
        bare.append(without(post.words, spans))
        long = len(squeezed(post.words)) >= SHORTEST_DUPLICATE
        said.append(row.duplicate_hmac if long else "")
        authors.append(author_tag(row.source_id, post.author) if post.author else None)
    signed = sign(bare, near_key(unit))
    return {
        row.pk: Read(words, signature, _offered(row), author)
        for row, words, signature, author in zip(rows, said, signed, authors, strict=True)
    }


def _offered(row: Sighting) -> frozenset[str]:
    """Tags of the offered contacts, those left out that are nobody's own by their looks."""
    return frozenset(
        handle.tag
        for handle in row.handles.all()
        if handle.role == HandleRole.OFFERED and not _everybodys(row, handle)
    )


def _everybodys(row: Sighting, handle: HandleRow) -> bool:
    try:
        return everybodys(handle.kind, unseal(row.unit, handle.value).decode())
    except Forgotten:
        return True


def near_key(unit: int) -> int:
    """What a unit's signatures are keyed with: those of two units have nothing in common."""
    return int(keyed_hash("near", str(unit)), 16) >> 128


def author_tag(source: int, author: str) -> str:
    """What the same name on the same source has in common. No name can be read from it."""
    return keyed_hash("author", f"{source}:{author}")


def own_contacts(unit: int, read: Iterable[Read]) -> dict[str, set[int]]:
    """Contacts that are a seller's own, each with some of the leads that offer it: the first, the last, one that joined."""
    uses = {(tag, one.author_tag) for one in read for tag in one.offered}
    asked = {tag for tag, _ in uses}
    own, others = judged_tags(unit, asked)
    rows = HandleRow.objects.filter(tag__in=asked - others, role=HandleRole.OFFERED)
    rows = rows.filter(sighting__lead__unit=unit)
    rows = rows.exclude(sighting__lead__kind=LeadKind.POSSIBLE_VICTIM)
    joined = Q(sighting__lead__links__state=LinkState.JOINED)
    counted = rows.values("tag").annotate(
        authors=Count("sighting__mark__author_tag", distinct=True),
        first=Min("sighting__lead_id"),
        last=Max("sighting__lead_id"),
        joined=Max("sighting__lead_id", filter=joined),
    )
    authors = {author for _, author in uses if author}
    before = rows.filter(sighting__mark__author_tag__in=authors)
    known = set(before.values_list("tag", "sighting__mark__author_tag").distinct())
    new = Counter(tag for tag, author in uses if author and (tag, author) not in known)
    return {
        one["tag"]: {one[name] for name in ("first", "last", "joined") if one[name]}
        for one in counted
        if one["authors"] + new[one["tag"]] <= MOST_AUTHORS or one["tag"] in own
    }
