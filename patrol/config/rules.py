"""`config/rules/<category>/*.yml` and `config/lexicons/*.yml`: what to look for.

Here a rule is read and its names are checked. That its regexes compile and
its examples come true is seen by `pipelines`, which stands above.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from patrol.config import faults
from patrol.config.document import Document, maybe_parse, maybe_read
from patrol.config.fields import noun
from patrol.config.folder import Entry, each_file, entries
from patrol.errors import ManyErrors, PatrolError
from patrol.models import Category, HandleKind, LeadKind, Lexicon, Rule

HOLDS = "a folder for each category, and one file for each rule in it"
HOLDS_WORDS = "one file for each lexicon"

HANDLES = frozenset({*(kind.value for kind in HandleKind), "any"})
KEYWORDS = frozenset({"and", "or", "not", "of", "all", "any", "them"})
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_rules(folder: Path) -> tuple[list[Rule], list[Lexicon]]:
    """Rules and lexicons of a configuration folder, by path. Raises `ManyErrors` with all faults at once.

    A folder without `rules/` in it is itself a folder of rules, with its
    lexicons in it or beside it; one category's folder has them beside `rules/`.
    """
    problems: list[PatrolError] = []
    rules, lexicons = rule_entries(folder, problems)
    if problems:
        raise ManyErrors(problems)
    return [entry.noun for entry in rules], [entry.noun for entry in lexicons]


def read_rule(name: str, text: str, lexicons: set[str]) -> tuple[Rule, Document]:
    """A rule that was written in a form, with its places. Raises `ManyErrors` with all faults at once."""
    problems: list[PatrolError] = []
    document = maybe_parse(Path(f"{name}.yml"), text, problems)
    rule = _rule(document, problems) if document else None
    if document:
        problems += _names(document, lexicons)
    if problems or rule is None or document is None:
        raise ManyErrors(problems)
    return rule, document


def rule_entries(
    folder: Path, problems: list[PatrolError]
) -> tuple[list[Entry[Rule]], list[Entry[Lexicon]]]:
    """Rules and lexicons with their files; what is wrong is added to `problems`."""
    rules_folder, words_folder = _folders(folder)
    lexicons: list[Entry[Lexicon]] = []
    if words_folder.is_dir():
        lexicons = entries(words_folder, Lexicon, HOLDS_WORDS, problems, _repeated_words)
    known = {path.stem for path in words_folder.glob("*.yml")}
    rules = []
    for path in each_file(rules_folder, HOLDS, problems):
        if words_folder in path.parents:
            continue
        if document := maybe_read(path, problems):
            rule = _rule(document, problems)
            problems += _names(document, known)
            if rule is not None:
                rules.append(Entry(rule, document))
                problems += _folder(rule, document, rules_folder)
    return rules, lexicons


def _folders(folder: Path) -> tuple[Path, Path]:
    if (folder / "rules").is_dir() or not folder.is_dir():
        return folder / "rules", folder / "lexicons"
    near = [folder / "lexicons", folder.parent / "lexicons"]
    if folder.resolve().parent.name == "rules":  # one category of a whole configuration
        near.append(folder.resolve().parent.parent / "lexicons")
    return folder, next((words for words in near if words.is_dir()), near[1])


def _rule(document: Document, problems: list[PatrolError]) -> Rule | None:
    found: list[PatrolError] = []
    rule = noun(Rule, document, found, name=document.path.stem)
    placed = list(_contradictions(document))
    if placed:  # the noun's own word of them has no place
        top = document.where()
        found = [
            one for one in found if not (type(one) is faults.Contradiction and one.where == top)
        ]
    problems += found + placed
    return rule


def _contradictions(document: Document) -> Iterator[PatrolError]:
    """Fields of a rule that do not go together: each with its place, where the noun knows only the first, and no place."""
    values = document.values
    kind, category = values.get("kind", LeadKind.LEAD.value), values.get("category")
    if kind == LeadKind.POSSIBLE_VICTIM and category is not None:
        yield faults.VictimWithCategory(document.where_key("category"), str(category))
    if kind == LeadKind.LEAD and category is None:
        yield faults.LeadWithoutCategory(document.where(), list(Category))
    if kind == LeadKind.POSSIBLE_VICTIM and values.get("suppress") is not None:
        yield faults.VictimSuppressed(document.where_key("suppress"))
    if None not in (values.get("within"), values.get("sentences")):
        said = "a rule has `within` or `sentences`, not both"
        yield faults.Contradiction(document.where_key("sentences"), said)
    order = values.get("order")
    if (
        isinstance(order, list)
        and order
        and (len(order) == 1 or len(set(map(str, order))) != len(order))
    ):
        yield faults.Contradiction(
            document.where("order"), "`order` names at least two terms, each once"
        )


def _unknown_terms(document: Document, terms: dict[str, Any]) -> Iterator[PatrolError]:
    """What `when` and `order` speak of and the rule does not have."""
    when = document.values.get("when")
    told = set(KEYWORDS)
    for found in _WORD.finditer(when) if isinstance(when, str) else ():
        if found[0] not in terms and found[0].lower() not in told:
            told.add(found[0].lower())
            where = document.where("when", at=found.start())
            yield faults.UnknownTerm(where, "when", found[0], terms)
    order = document.values.get("order")
    for place, name in enumerate(order if isinstance(order, list) else []):
        if name not in terms:
            yield faults.UnknownTerm(document.where("order", place), "order", str(name), terms)


def _names(document: Document, lexicons: set[str]) -> Iterator[PatrolError]:
    """Names that a rule uses and nothing carries."""
    terms = document.values.get("terms")
    if not isinstance(terms, dict):
        return
    yield from _unknown_terms(document, terms)
    for name, term in terms.items():
        if not isinstance(term, dict):
            continue
        lexicon = term.get("lexicon")
        if isinstance(lexicon, str) and lexicon not in lexicons:
            where = document.where("terms", name, "lexicon")
            yield faults.UnknownLexicon(where, lexicon, lexicons)
        kinds = term.get("handle")
        for place, kind in enumerate(kinds if isinstance(kinds, list) else []):
            if kind not in HANDLES:
                where = document.where("terms", name, "handle", place)
                yield faults.UnknownHandle(where, str(kind), HANDLES)


def _folder(rule: Rule, document: Document, rules_folder: Path) -> list[PatrolError]:
    inside = document.path.relative_to(rules_folder).parts[:-1]
    expected = rule.category.value if rule.category else rule.kind.value
    if rules_folder.name != "rules" and not inside:
        return []  # a bare folder of rules, as `patrol flag --rules` takes
    if inside[:1] == (expected,):
        return []
    where = document.where_key("category" if rule.category else "kind")
    return [faults.WrongFolder(where, "/".join(inside) or rules_folder.name, expected)]


def _repeated_words(document: Document) -> Iterator[PatrolError]:
    words = document.values.get("words")
    first: dict[str, int] = {}
    for place, entry in enumerate(words if isinstance(words, list) else []):
        word = str(entry.get("word")) if isinstance(entry, dict) else ""
        line = document.place("words", place, "word")[0]
        if word.casefold() in first:
            where = document.where("words", place, "word")
            yield faults.RepeatedWord(where, word, first[word.casefold()])
        elif word:
            first[word.casefold()] = line
