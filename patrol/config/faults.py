"""What can be wrong with a file in `config/`, one class and one sentence each.

The caller gives facts; golden files in `tests/config/messages/` hold the words.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from patrol.errors import BadInput


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like this one, or None if none does."""
    lowered = {one.lower(): one for one in sorted(known)}
    close = get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return lowered[close[0]] if close else None


def listed(names: Iterable[str]) -> str:
    """Names for a sentence: `a`, `b` and `c`."""
    quoted = [f"`{name}`" for name in sorted(names)]
    return " and ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1]))) if quoted else "none"


def _instead(name: str, known: Iterable[str], write: str) -> str:
    known = sorted(known)
    if near := nearest(name, known):
        return f"Write `{write.format(near)}`."
    if not known:
        return "Remove it: there is nothing to choose from yet."
    return f"Choose from {listed(known)}."


class Empty(BadInput):
    def __init__(self, where: str) -> None:
        super().__init__(
            "the file is empty.",
            why="An empty file may be a lost one; nothing here is skipped in silence.",
            do="Fill it, or remove it.",
            where=where,
        )


class NotFields(BadInput):
    def __init__(self, where: str) -> None:
        super().__init__(
            "the file holds no fields.",
            why="A file in config/ is a list of fields, such as `title: ...`, at its left margin.",
            do="Compare it with a file beside it.",
            where=where,
        )


class Unreadable(BadInput):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"the file cannot be read: {reason}.",
            why="Every file of the configuration is read, or none is used.",
            do="Check that it is there and that this account may read it.",
            where=where,
        )


class NoFolder(BadInput):
    def __init__(self, where: str, holds: str) -> None:
        super().__init__(
            "there is no such folder.",
            why=f"It should hold {holds}.",
            do="Name the configuration folder with `--config DIR` or PATROL_CONFIG.",
            where=where,
        )


class TooLong(BadInput):
    def __init__(self, where: str, limit: int) -> None:
        super().__init__(
            f"the file is longer than {limit:,} bytes.",
            why="A file that people review is short; a huge one is a mistake or an attack.",
            do="Split it: any number of files may stand side by side.",
            where=where,
        )


class NotUtf8(BadInput):
    def __init__(self, where: str) -> None:
        super().__init__(
            "the file is not UTF-8 from this line on.",
            why="Words are compared character by character, so their encoding must be certain.",
            do="Save it as UTF-8.",
            where=where,
        )


class NotYaml(BadInput):
    def __init__(self, where: str, said: str) -> None:
        super().__init__(
            f"this is not YAML: {said}.",
            why="From here on, nobody can tell what the file means.",
            do="Look at this line and the one before it: an indent, a quote or a bracket is amiss.",
            where=where,
        )


class TooDeep(BadInput):
    def __init__(self, where: str, limit: int) -> None:
        super().__init__(
            f"fields are nested more than {limit} levels deep.",
            why="Nothing in config/ needs a fifth level.",
            do="Count the brackets and the indents before this place.",
            where=where,
        )


class SecondDocument(BadInput):
    def __init__(self, where: str) -> None:
        super().__init__(
            "a second document begins here.",
            why="One file holds one thing, and is named after it.",
            do="Move what follows `---` into a file of its own.",
            where=where,
        )


class Alias(BadInput):
    def __init__(self, where: str, anchor: str) -> None:
        super().__init__(
            f"`{anchor}` is an anchor or an alias.",
            why="Who approves a file must see all of it where it stands.",
            do="Write the words out; what several rules share is a lexicon.",
            where=where,
        )


class Tag(BadInput):
    def __init__(self, where: str, tag: str) -> None:
        super().__init__(
            f"`{tag}` is a tag.",
            why="Configuration is words; it makes no objects.",
            do="Remove the tag, and quote the value if it needs quoting.",
            where=where,
        )


class DuplicateKey(BadInput):
    def __init__(self, where: str, key: str, first: int) -> None:
        super().__init__(
            f"`{key}` stands here a second time; the first is on line {first}.",
            why="Only one of the two would count, and nobody could see which.",
            do="Join them, or remove one.",
            where=where,
        )


class UnknownField(BadInput):
    def __init__(self, where: str, field: str, known: Iterable[str]) -> None:
        super().__init__(
            f"there is no field `{field}` here.",
            why="A misspelt field that is skipped in silence changes what is watched.",
            do=_instead(field, known, "{}: ..."),
            where=where,
        )


class NamedByFile(BadInput):
    def __init__(self, where: str, field: str) -> None:
        super().__init__(
            f"a file carries no `{field}` of its own.",
            why="It is named after its file, and two names could differ.",
            do=f"Remove `{field}`; rename the file if it should be called otherwise.",
            where=where,
        )


class MissingField(BadInput):
    def __init__(self, where: str, field: str, meaning: str | None) -> None:
        super().__init__(
            f"`{field}` is missing.",
            why=meaning or "It is read everywhere, so it has no default.",
            do=f"Add `{field}: ...`.",
            where=where,
        )


class BadValue(BadInput):
    def __init__(self, where: str, field: str, said: str, meaning: str | None) -> None:
        super().__init__(
            f"`{field}` does not fit: {said}.",
            why=meaning or "A value that does not fit would be guessed at.",
            do=f"Correct `{field}`.",
            where=where,
        )


class UnknownChoice(BadInput):
    def __init__(
        self, where: str, field: str, value: str, known: Iterable[str], *, several: bool = False
    ) -> None:
        one = field.removesuffix("s") if several else field
        super().__init__(
            f"there is no {one} `{value}`.",
            why="The list is closed: the same words stand in code, tables and pages.",
            do=_instead(value, known, f"{field}: [{{}}]" if several else f"{field}: {{}}"),
            where=where,
        )


class Contradiction(BadInput):
    def __init__(self, where: str, said: str) -> None:
        super().__init__(
            f"{said}.",
            why="Two fields of it do not go together.",
            do="Keep the one that is meant.",
            where=where,
        )


class BadFileName(BadInput):
    def __init__(self, where: str, stem: str) -> None:
        super().__init__(
            f"`{stem}` cannot be a name.",
            why="A file is named after what it holds, and that name stands in addresses and tables.",
            do="Use lower-case letters, digits and `_`, a letter first.",
            where=where,
        )


class NotYml(BadInput):
    def __init__(self, where: str) -> None:
        super().__init__(
            "only files that end in `.yml` are read here.",
            why="A file that is skipped in silence would be missed by nobody.",
            do="Rename it to end in `.yml`, or move it away.",
            where=where,
        )


class SameName(BadInput):
    def __init__(self, where: str, name: str, first: str) -> None:
        super().__init__(
            f"there is another `{name}`: {first}.",
            why="Records name a thing by its file's name, so a name belongs to one file.",
            do="Rename one of them.",
            where=where,
        )


class UnknownEngine(BadInput):
    def __init__(self, where: str, engine: str, known: Iterable[str]) -> None:
        super().__init__(
            f"there is no engine `{engine}`.",
            why="An engine is the file in spiders/engines/ that reads one kind of board.",
            do=_instead(engine, known, "engine: {}"),
            where=where,
        )


class UnknownTimezone(BadInput):
    def __init__(self, where: str, timezone: str, known: Iterable[str]) -> None:
        near = get_close_matches(timezone, sorted(known), n=1)
        super().__init__(
            f"there is no timezone `{timezone}`.",
            why="Dates that a board prints without a zone are read in this one.",
            do=f"Write `timezone: {near[0]}`." if near else "Write a name such as `Asia/Taipei`.",
            where=where,
        )


class BadHours(BadInput):
    def __init__(self, where: str) -> None:
        super().__init__(
            "these are no two hours: from one of 0 to 23 until another of 0 to 24.",
            why="A run may begin from the first of them until the second, in the source's timezone.",
            do="Write `hours: [8, 22]`, or leave it out for any hour.",
            where=where,
        )


class UnknownTerm(BadInput):
    def __init__(self, where: str, field: str, term: str, known: Iterable[str]) -> None:
        known = sorted(known)
        near = nearest(term, known)
        super().__init__(
            f"`{field}` speaks of `{term}`, which is no term of this rule.",
            why="`when` says which of the terms make the rule true, `order` how they follow each other.",
            do=(f"Write `{near}`, or add" if near else "Add")
            + f" `{term}` to the terms, which are {listed(known)}.",
            where=where,
        )


class UnknownLexicon(BadInput):
    def __init__(self, where: str, lexicon: str, known: Iterable[str]) -> None:
        super().__init__(
            f"there is no lexicon `{lexicon}`.",
            why="A lexicon is a file in config/lexicons/ whose words several rules share.",
            do=_instead(lexicon, known, "lexicon: {}"),
            where=where,
        )


class UnknownHandle(BadInput):
    def __init__(self, where: str, kind: str, known: Iterable[str]) -> None:
        super().__init__(
            f"there is no kind of handle `{kind}`.",
            why="A handle is a contact found in a text; the kinds are a closed list.",
            do=_instead(kind, known, "handle: [{}]"),
            where=where,
        )


class WrongFolder(BadInput):
    def __init__(self, where: str, folder: str, expected: str) -> None:
        super().__init__(
            f"this rule of `{expected}` stands in the folder `{folder}`.",
            why="The folder listing is what auditors read, so it must be true.",
            do=f"Move the file to `rules/{expected}/`, or correct its category.",
            where=where,
        )


class VictimWithCategory(BadInput):
    def __init__(self, where: str, category: str) -> None:
        super().__init__(
            f"a rule for possible victims names the category `{category}`.",
            why="A category is an offence looked for, and a possible victim is no suspect.",
            do="Remove `category`, or write `kind: lead` if the rule looks for an offence.",
            where=where,
        )


class LeadWithoutCategory(BadInput):
    def __init__(self, where: str, known: Iterable[str]) -> None:
        super().__init__(
            "`category` is missing.",
            why="An authorization covers categories; a rule without one could run nowhere.",
            do=f"Add `category: ...`, one of {listed(known)}, or `kind: possible_victim`.",
            where=where,
        )


class VictimSuppressed(BadInput):
    def __init__(self, where: str) -> None:
        super().__init__(
            "a rule for possible victims suppresses matches.",
            why="Who asks for help again is heard again: a possible victim is never suppressed.",
            do="Remove `suppress`.",
            where=where,
        )


class RepeatedWord(BadInput):
    def __init__(self, where: str, word: str, first: int) -> None:
        super().__init__(
            f"`{word}` stands in this lexicon already, on line {first}.",
            why="Two lines of one word drift apart: each has its own meaning and exceptions.",
            do="Join them.",
            where=where,
        )


class UnknownRole(BadInput):
    def __init__(self, where: str, role: str, known: Iterable[str]) -> None:
        super().__init__(
            f"there is no role `{role}`.",
            why="Roles are a closed list: people, pages and records use the same words.",
            do=_instead(role, known, "{}: [...]"),
            where=where,
        )


class MissingRole(BadInput):
    def __init__(self, where: str, role: str) -> None:
        super().__init__(
            f"the role `{role}` is missing.",
            why="What a role may do is written for each of them, so that it can be approved.",
            do=f"Add `{role}: [...]`, with an empty list if it may do nothing.",
            where=where,
        )


class UnknownPermission(BadInput):
    def __init__(self, where: str, permission: str, known: Iterable[str]) -> None:
        super().__init__(
            f"there is no permission `{permission}`.",
            why="A permission that nothing asks for would grant nothing, and look as if it did.",
            do=_instead(permission, known, "{}"),
            where=where,
        )
