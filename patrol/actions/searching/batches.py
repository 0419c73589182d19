"""Many searches at once, from a list of terms: one recorded act with its purpose, and how much each term finds."""

from collections.abc import Sequence
from dataclasses import dataclass

from patrol.actions.desk import Desk
from patrol.actions.searching import following, history
from patrol.actions.searching.finding import BadQuery, asked_of, own, reading, written_words
from patrol.actions.triaging.leads import person_at
from patrol.errors import BadInput
from patrol.models import Permission, SearchKind, Verb
from patrol.register.sealing import keyed_hash
from pipelines.fold import fold_one

MOST = 1000
"""Terms of one list."""
LONGEST = 200
"""Characters of a term."""
LONGEST_PURPOSE = 300


class BadBatch(BadInput):
    """A list that is not searched for."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(
            what, why="A list is searched for once, as one act with one purpose.", do=do
        )


@dataclass(frozen=True)
class Counted:
    """A term, and how many leads it finds; or why it cannot be searched for."""

    term: str
    total: int
    fault: BadQuery | None = None


@dataclass(frozen=True)
class Batch:
    """What became of a list: its terms in their order."""

    rows: tuple[Counted, ...]
    found: int
    """Terms that find something."""
    faulty: int
    contacts: int
    """Terms that name somebody: an auditor counts them."""


def terms_of(content: bytes) -> tuple[str, ...]:
    """The terms of a text or CSV file: the first column of each line, each once.

    UTF-8 with or without its mark, or Big5 as spreadsheets here write it. Raises `BadBatch`.
    """
    for encoding in ("utf-8-sig", "cp950"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadBatch("The file cannot be read as text.", "Save it as UTF-8, one term a line.")
    return listed(first_column(text))


def first_column(text: str) -> str:
    """Of CSV the first column. A quoted cell is what it holds; a comma inside a line that is no CSV ends the term."""
    lines = []
    for line in text.splitlines():
        cell = line.strip()
        if cell.startswith('"') and '"' in cell[1:] and cell.count('"') >= 2 and "," in cell:
            cell = cell[1 : cell.index('"', 1)]
        elif "," in cell and not cell.startswith('"'):
            cell = cell.partition(",")[0]
        lines.append(cell.strip())
    return "\n".join(lines)


def listed(text: str) -> tuple[str, ...]:
    """The terms of a pasted list: one a line, each once."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def search(desk: Desk, terms: Sequence[str], purpose: str) -> Batch:
    """How many leads hold each term. One record for all, with the purpose as its reason. Raises `BadBatch`, `IndexAway`."""
    desk.require(Permission.POSTS_SEARCH, Verb.POSTS_COUNTED)
    person = person_at(desk)
    said = purpose.strip()[:LONGEST_PURPOSE]
    _judge(terms, said)
    rows = _count(person.unit_id, terms)
    readable = [word for row in rows if row.fault is None for word in written_words(row.term)]
    named = following.somebody(person.unit_id, readable)
    batch = Batch(
        rows=rows,
        found=sum(row.total > 0 for row in rows),
        faulty=sum(row.fault is not None for row in rows),
        contacts=len(named),
    )
    text = "\n".join(terms)
    with desk.act(Permission.POSTS_SEARCH, Verb.POSTS_COUNTED, reason=said) as act:
        act.count = len(rows)
        words_hmac = keyed_hash("query", fold_one(text))
        act.details = {
            "query_hmac": words_hmac,
            "found": batch.found,
            "contacts": batch.contacts,
            "search": history.keep(
                desk,
                SearchKind.BATCH,
                text,
                batch.found,
                words_hmac=words_hmac,
                tags=[one.tag for one in named],
            ),
            **own(desk, text),
        }
    return batch


def _judge(terms: Sequence[str], purpose: str) -> None:
    if not purpose:
        raise BadBatch(
            "A list is not searched for without a purpose.",
            "Say what the list is and what for: the access log keeps it.",
        )
    if not terms:
        raise BadBatch("There is no term in the list.", "Write one term a line, or choose a file.")
    if len(terms) > MOST:
        raise BadBatch(f"The list has {len(terms)} terms.", f"Search for at most {MOST} at once.")


def _count(unit: int, terms: Sequence[str]) -> tuple[Counted, ...]:
    rows = []
    with reading() as index:
        for term in terms:
            try:
                query = asked_of(unit, term[:LONGEST]).model_copy(update={"limit": 1})
            except BadQuery as error:
                rows.append(Counted(term, 0, error))
            else:
                rows.append(Counted(term, index.search(query).total))
    return tuple(rows)
