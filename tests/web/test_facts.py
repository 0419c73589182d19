"""What a record says beside its columns has a name in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _details(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "details":
            yield node.value
        elif isinstance(node, ast.Assign):
            place = node.targets[0]
            if isinstance(place, ast.Attribute) and place.attr == "details":
                yield node.value


def _written() -> set[str]:
    """Names of facts in whatever writes a record."""
    names = set()
    for room in ("patrol", "pipelines", "spiders"):
        for path in (ROOT / room).rglob("*.py"):
            for told in _details(ast.parse(path.read_text())):
                for part in ast.walk(told):
                    if isinstance(part, ast.Dict):
                        names |= {
                            str(key.value) for key in part.keys if isinstance(key, ast.Constant)
                        }
    return names


def test_every_fact_of_a_record_has_a_name_for_people() -> None:
    from patrol.web.facts import NAMES, UNTOLD

    written = _written()
    assert len(written) > 100, "the rooms were not read"
    assert written - set(NAMES) - UNTOLD == set()
