"""Opens kept words: a sighting's post, its marks and its handles, as an officer may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from patrol.actions.triaging.pieces import MASK, Marks, Piece, masked, pieces, snippet
from patrol.models import HandleRole, LeadKind, Post
from patrol.register.sealing import unseal
from patrol.register.spared import hide, value_of
from patrol.register.tables import HandleRow, MatchRow, Sighting
from patrol.search.tokens import places
from pipelines.fold import fold

SIGHTINGS_SHOWN = 20


@dataclass(frozen=True)
class HandleShown:
    """A contact; its value is masked where it is a possible victim's."""

    kind: str
    value: str
    role: str
    confidence: float
    tag: str


@dataclass(frozen=True)
class OpenSighting:
    """A sighting with its words decrypted. Made only inside a look that is recorded."""

    row: Sighting

    @cached_property
    def post(self) -> Post:
        return Post.model_validate_json(unseal(self.row.unit, self.row.body))

    @cached_property
    def matches(self) -> Sequence[MatchRow]:
        """What rules found in it: a page asks for them several times a row."""
        return list(self.row.matches.all())

    @cached_property
    def handle_rows(self) -> Sequence[HandleRow]:
        """The contacts in it as they are kept."""
        return list(self.row.handles.all())

    @property
    def victim(self) -> bool:
        """Whether the lead is a possible victim's: contacts in it are nobody's business but the helper's."""
        return LeadKind(self.row.lead.kind) is LeadKind.POSSIBLE_VICTIM

    @cached_property
    def spared(self) -> dict[str, str]:
        """Contacts in it, by their tags, of which an officer said that they are a victim's."""
        rows = [row for row in self.handle_rows if row.role == HandleRole.SPARED]
        return {row.tag: value_of(self.row.unit, row) for row in rows}

    @cached_property
    def words(self) -> str:
        handles = self.handle_rows
        if self.victim:
            return masked(self.post.words, [(one.span_start, one.span_end) for one in handles])
        if not self.spared:
            return self.post.words
        spans = [(one.span_start, one.span_end) for one in handles if one.tag in self.spared]
        return hide(self.post.words, spans, self.spared.values(), MASK)

    @property
    def author(self) -> str | None:
        """The name as shown; covered where it says a victim's contact."""
        name = self.post.author
        return hide(name, (), self.spared.values(), MASK) if name and self.spared else name

    @cached_property
    def marks(self) -> list[tuple[int, int, str]]:
        return [(start, end, match.rule) for match in self.matches for start, end in match.spans]

    def pieces(self) -> tuple[Piece, ...]:
        """All words, cut at the edges of the marks."""
        return pieces(self.words, self.marks)

    def sought(self, words: Sequence[str]) -> Marks:
        """Where these folded words stand in its own, each under itself. Nobody searches for a possible victim."""
        if self.victim or not words:
            return ()
        folded = fold([self.words])
        found = places(folded.text(0), words)
        return [(*folded.place(0, start, end), word) for start, end, word in found]

    def snippet(self, sought: Marks = ()) -> tuple[Piece, ...]:
        """The neighbourhood of the weightiest rule's mark; of equals of the one where most marks stand together.

        With searched words, theirs.
        """
        if sought:
            return snippet(self.words, self.marks, sought, sought)
        matches = [match for match in self.matches if match.spans]
        most = max((match.weight for match in matches), default=0)
        heaviest = [match for match in matches if match.weight == most]
        best = [(start, end, "") for match in heaviest for start, end in match.spans]
        return snippet(self.words, self.marks, best)

    def handles(self) -> tuple[HandleShown, ...]:
        """The contacts in it, without repeats."""
        return self._handles

    @cached_property
    def _handles(self) -> tuple[HandleShown, ...]:
        shown: dict[tuple[str, str], HandleShown] = {}
        for handle in self.handle_rows:
            value = unseal(self.row.unit, handle.value).decode()
            if self.victim or handle.role == HandleRole.SPARED:
                value = value[:1] + MASK * 5
            shown.setdefault(
                (handle.kind, handle.tag),
                HandleShown(handle.kind, value, handle.role, handle.confidence, handle.tag),
            )
        return tuple(shown.values())

    def offered(self) -> tuple[HandleShown, ...]:
        """Those that link leads: offered, and nobody's whom somebody may have to help."""
        if self.victim:
            return ()
        return tuple(handle for handle in self.handles() if handle.role == HandleRole.OFFERED)
