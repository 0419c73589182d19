"""Word lists from elsewhere: read from CSV or plain text, with an owner, an origin, a meaning and a last day; drafts until another person approves."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from patrol.actions.desk import Desk
from patrol.actions.rulemaking.rule_proof import FollowsSomebody
from patrol.actions.rulemaking.rule_versions import SecondPerson, person_of
from patrol.actions.rulemaking.rulebook import digest_of, next_version, words_body
from patrol.actions.staffing.pairs import same_person
from patrol.errors import BadInput, ManyErrors, NotFound, PatrolError, Refused
from patrol.models import Lexicon, Permission, RuleStatus, Verb, Word
from patrol.register.tables import LexiconRow
from pipelines.flow import Flagger
from pipelines.fold import fold_one
from pipelines.rules import Ruleset

MOST_WORDS = 50_000
LONGEST = timedelta(days=366)
"""A list that nobody looks at for a year is a list that nobody answers for."""
COLUMNS = ("word", "meaning", "origin", "unless", "variants", "expires")
"""Of a CSV file, in any order; `word` alone is needed. Several in `unless` and `variants` stand apart by `|`."""


class BadList(BadInput):
    def __init__(self, line: int, what: str, do: str) -> None:
        super().__init__(
            what,
            why="Each word is looked for in every post; a doubtful line would flag the wrong ones.",
            do=do,
            where=f"line {line}",
        )


class NoSuchList(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no word list `{name}` that waits.",
            why="A word list waits from its import until it is approved or retired.",
            do="See `patrol lexicon list`.",
        )


@dataclass(frozen=True)
class Governance:
    """Who answers for a list: nothing is imported without it."""

    title: Mapping[str, str]
    owner: str
    origin: str
    meaning: str
    expires: date


@dataclass(frozen=True)
class Imported:
    """What an import would keep, and what should be thought about."""

    row: LexiconRow
    words: int
    remarks: tuple[str, ...]


def read(name: str, text: str, governance: Governance, today: date) -> Lexicon:
    """A list of words. Raises `ManyErrors` with every line that cannot be used."""
    faults: list[PatrolError] = list(_ungoverned(governance, today))
    words: dict[str, Word] = {}
    for number, row in _rows(text):
        try:
            word = _word(row, governance)
        except ValueError as error:
            faults.append(BadList(number, str(error), "Correct the line, or leave it out."))
            continue
        folded = fold_one(word.word).strip()
        if not folded:
            faults.append(
                BadList(
                    number, f"the word {word.word!r} is empty once it is folded.", "Leave it out."
                )
            )
        elif folded in words:
            faults.append(BadList(number, f"`{word.word}` stands there twice.", "Leave one out."))
        else:
            words[folded] = word
    faults += _contacts(list(words.values()))
    if not words:
        faults.append(BadList(1, "there is no word in it.", "Write one word a line."))
    if len(words) > MOST_WORDS:
        faults.append(BadList(MOST_WORDS, "the list is too long.", "Split it by what it means."))
    if faults:
        raise ManyErrors(faults)
    return Lexicon(name=name, title=dict(governance.title), words=tuple(words.values()))


def propose(desk: Desk, name: str, text: str, governance: Governance) -> Imported:
    """Keep a word list as a draft, which no rule can use yet. Raises `ManyErrors` with all that is wrong."""
    subject = f"lexicon:{name}"
    with desk.act(Permission.RULES_PROPOSE, Verb.LEXICON_PROPOSED, subject=subject) as act:
        lexicon = read(name, text, governance, desk.now().date())
        body = words_body(lexicon)
        row = LexiconRow.objects.create(
            name=name,
            version=next_version(LexiconRow, name),
            body=body,
            sha256=digest_of(body),
            status=RuleStatus.DRAFT,
            proposed_by=person_of(desk),
            proposed_at=desk.now(),
        )
        act.count = len(lexicon.words)
        act.details = {
            "version": row.version,
            "sha256": row.sha256,
            "owner": governance.owner,
            "origin": governance.origin,
            "expires": governance.expires.isoformat(),
        }
        return Imported(row, len(lexicon.words), tuple(_remarks(lexicon)))


def approve(desk: Desk, name: str) -> LexiconRow:
    """Let rules use the newest draft in place of the list before. Raises `SecondPerson` for who imported it."""
    subject = f"lexicon:{name}"
    with desk.act(Permission.RULES_APPROVE, Verb.LEXICON_APPROVED, subject=subject) as act:
        row = _waiting(name)
        if same_person(row.proposed_by, person_of(desk)):
            raise SecondPerson(
                "Who imported a word list cannot approve it, by no account of theirs."
            )
        LexiconRow.objects.filter(name=name, status=RuleStatus.LIVE).update(
            status=RuleStatus.RETIRED
        )
        row.status = RuleStatus.LIVE
        row.approver = person_of(desk)
        row.approved_at = desk.now()
        row.save(update_fields=["status", "approver", "approved_at"])
        act.details = {"version": row.version, "sha256": row.sha256}
        return row


def discard(desk: Desk, name: str, reason: str) -> LexiconRow:
    """Leave a draft out. A list that rules use is replaced, never taken away from under them."""
    subject = f"lexicon:{name}"
    with desk.act(
        Permission.RULES_PROPOSE, Verb.LEXICON_RETIRED, subject=subject, reason=reason
    ) as act:
        row = _waiting(name)
        row.status = RuleStatus.RETIRED
        row.save(update_fields=["status"])
        act.details = {"version": row.version}
        return row


def listed(desk: Desk) -> list[dict[str, object]]:
    """All word lists that are used or wait. A look: recorded."""
    desk.require(Permission.RULES_READ, Verb.RULES_LISTED)
    rows = LexiconRow.objects.exclude(status=RuleStatus.RETIRED).order_by("name", "version")
    found: list[dict[str, object]] = [
        {
            "name": row.name,
            "version": row.version,
            "status": row.status,
            "words": len(row.body["words"]),
            "owner": row.body["words"][0].get("owner"),
            "expires": row.body["words"][0].get("expires"),
        }
        for row in rows
    ]
    desk.record(Verb.RULES_LISTED, count=len(found), details={"lexicons": True})
    return found


def _waiting(name: str) -> LexiconRow:
    rows = LexiconRow.objects.select_related("proposed_by")
    row = rows.filter(name=name, status=RuleStatus.DRAFT).order_by("-version").first()
    if row is None:
        raise NoSuchList(name)
    return row


def _ungoverned(governance: Governance, today: date) -> Iterator[PatrolError]:
    for field in ("owner", "origin", "meaning"):
        if len(str(getattr(governance, field)).strip()) < 2:
            yield Refused(
                f"A word list needs its {field}.",
                why="Words that nobody answers for stay for ever, and nobody remembers what they were for.",
                do=f"Give it with --{field}.",
            )
    if not today < governance.expires <= today + LONGEST:
        yield Refused(
            "A word list needs a last day within a year.",
            why="Slang moves on; words are looked at again, or they end.",
            do="Give it with --expires, such as 2027-06-30.",
        )


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Lines of a CSV file with a heading that names `word`, or of plain text with a word each."""
    lines = text.removeprefix("\ufeff").splitlines()
    heading = [cell.strip().lower() for cell in next(csv.reader(lines[:1]), [])]
    if "word" in heading:
        reader = csv.reader(io.StringIO("\n".join(lines[1:])))
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num + 1, dict(zip(heading, cells, strict=False))
        return
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, {"word": line}


def _word(row: Mapping[str, str], governance: Governance) -> Word:
    if unknown := sorted(set(row) - set(COLUMNS)):
        raise ValueError(f"there is no column `{unknown[0]}`; known are {', '.join(COLUMNS)}.")
    own = date.fromisoformat(row["expires"].strip()) if row.get("expires", "").strip() else None
    return Word(
        word=row["word"].strip(),
        meaning=row.get("meaning", "").strip() or governance.meaning,
        origin=row.get("origin", "").strip() or governance.origin,
        unless=_several(row.get("unless", "")),
        variants=_several(row.get("variants", "")),
        owner=governance.owner,
        expires=min(filter(None, (own, governance.expires))),
    )


def _several(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, (one.strip() for one in cell.split("|"))))


def _contacts(words: list[Word]) -> Iterator[PatrolError]:
    """No list follows somebody."""
    written = [one for word in words for one in (word.word, *word.variants)]
    flagger = Flagger(Ruleset.build([], []))
    for one, flagging in zip(written, flagger.flag(written), strict=True):
        if flagging.handles or fold_one(one).startswith("@"):
            yield FollowsSomebody("word list", one)


def _remarks(lexicon: Lexicon) -> Iterator[str]:
    short = [word.word for word in lexicon.words if len(fold_one(word.word)) == 1]
    if short:
        yield f"Words of one character stand in many posts: {', '.join(short[:5])}."
    rows = LexiconRow.objects.filter(status=RuleStatus.LIVE).exclude(name=lexicon.name)
    others = {word["word"] for row in rows for word in row.body["words"]}
    twice = sorted({word.word for word in lexicon.words} & others)
    if twice:
        yield f"Words of it stand in a word list already: {', '.join(twice[:5])}."
