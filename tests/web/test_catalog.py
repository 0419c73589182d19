"""zh-TW is complete. Run this file (`python tests/web/test_catalog.py`) to bring the catalog up to date."""

import ast
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "patrol" / "web"
PO = WEB / "locale" / "zh_Hant" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
RAISING = ("patrol/actions/**/*.py", "patrol/register/log.py", "patrol/register/sealing.py", "patrol/register/proofs.py",
           "patrol/search/cluster.py", "patrol/web/forms.py")  # fmt: skip
"""Where the errors are raised that a page may show."""


STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf" ((?:n?p?gettext|_)\(\s*{STRING}(?:\s*,\s*{STRING})*(?:\s*,\s*\w+)?\s*\))")


def _template_words(path: Path) -> str:
    """The calls that Django's extractor finds in a template, one a line."""
    from django.utils.translation.template import templatize

    return "\n".join(CALL.findall(str(templatize(path.read_text(), origin=str(path)))))


@cache
def extracted() -> Catalog:
    """Every string that a page may say."""
    catalog = Catalog(locale="zh_Hant", project="patrol", version="1", charset="utf-8")
    files = [(path, path.read_text()) for path in sorted(WEB.rglob("*.py"))]
    files += [(path, _template_words(path)) for path in sorted(WEB.rglob("*.html"))]
    files += [(path, path.read_text()) for path in sorted((ROOT / "patrol/actions").rglob("*.py"))]
    for _path, words in files:
        found = extract("python", io.BytesIO(words.encode()), keywords=KEYWORDS)
        for _line, message, _comments, context in found:
            catalog.add(message, context=context)
    for sentence in [*raised(), *shipped()]:
        catalog.add(sentence)
    return catalog


def shipped() -> Iterator[str]:
    """What the shipped rules say to officers beside their titles, which are in two languages already."""
    for path in sorted((ROOT / "config" / "rules").rglob("*.yml")):
        rule = yaml.safe_load(path.read_text())
        yield rule["why"]
        yield from filter(None, (rule.get("offence"), rule.get("note")))
        yield from rule.get("falsepositives") or ()
        for miss in rule["examples"]["miss"]:
            yield miss["because"]


def raised() -> Iterator[str]:
    """Sentences of errors, with {0}, {1} where their facts stand."""
    for pattern in RAISING:
        for path in sorted(ROOT.glob(pattern)):
            for node in ast.walk(ast.parse(path.read_text())):
                if _tells(node):
                    assert isinstance(node, ast.Call)
                    said = [*node.args, *(keyword.value for keyword in node.keywords)]
                    values = [way for value in said for way in _ways(value)]
                    yield from filter(None, map(_sentence, values))


def _tells(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr == "__init__"
    return isinstance(node.func, ast.Name) and bool(
        re.match(r"(Bad|Cannot|No|Not|Refused|TryLater|Link|Lead)[A-Za-z]*$", node.func.id)
    )


def _ways(value: ast.expr) -> list[ast.expr]:
    """What may be said there: this or that."""
    return [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]


def _sentence(value: ast.expr) -> str | None:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        words = value.value
    elif isinstance(value, ast.JoinedStr):
        words, number = "", 0
        for part in value.values:
            if isinstance(part, ast.Constant):
                words += str(part.value)
            else:
                words += f"{{{number}}}"
                number += 1
    else:
        return None
    return words if " " in words.strip() and words != "{0}" else None


def translated() -> Catalog:
    return read_po(io.BytesIO(PO.read_bytes()), locale="zh_Hant")


def _compiled(catalog: Catalog) -> bytes:
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def _facts(words: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s|\{\d\}", words))


def test_every_string_has_its_translation() -> None:
    there = translated()
    missing = [
        message.id
        for message in extracted()
        if message.id
        and (
            (found := there.get(message.id if isinstance(message.id, str) else message.id[0],
                                message.context)) is None
            or not (found.string if isinstance(found.string, str) else all(found.string or [""]))
        )
    ]  # fmt: skip
    assert not missing, "run `python tests/web/test_catalog.py` and translate these"


def test_no_translation_is_fuzzy_or_forgotten() -> None:
    wanted = {
        (message.context, message.id if isinstance(message.id, str) else message.id[0])
        for message in extracted()
    }
    for message in translated():
        assert not message.fuzzy or not message.id, message.id
        key = message.id if isinstance(message.id, str) else message.id[0]
        assert (message.context, key) in wanted, f"nobody says {key!r} any more"


def test_translations_keep_their_facts() -> None:
    for message in translated():
        if message.id:
            originals = [message.id] if isinstance(message.id, str) else list(message.id)
            for words in (
                [message.string] if isinstance(message.string, str) else message.string or ()
            ):
                assert _facts(words) == _facts(originals[-1]), message.id


def test_compiled_catalog_is_that_of_the_text() -> None:
    assert PO.with_suffix(".mo").read_bytes() == _compiled(translated())


def test_sentences_with_facts_are_recognised() -> None:
    from patrol.web.sentences import PATTERNS

    assert {words for words in raised() if "{0}" in words} == set(PATTERNS)


def test_reports_are_what_spiders_and_the_verifier_say() -> None:
    from patrol.web.reports import REPORTS

    written = [*(ROOT / "spiders").rglob("*.py"), *(ROOT / "patrol/search").glob("*.py")]
    written.append(ROOT / "patrol/ledger/verifier.py")
    written += (ROOT / "patrol/actions/collecting").glob("*.py")
    source = "".join(path.read_text() for path in written)
    source = re.sub(r'"\s*\n\s*f?"', "", source)  # a sentence may go on in the next line
    for report in REPORTS:
        for words in re.split(r"\{\d\}", report):
            assert words.strip(" .:;,`“”") in source, report


def test_no_chinese_stands_outside_the_catalog() -> None:
    chinese = re.compile(r"[一-鿿]")
    for path in [*WEB.rglob("*.html"), *WEB.rglob("*.py"), *WEB.rglob("*.js")]:
        found = chinese.findall(path.read_text())
        assert set(found) <= set("繁體中文年月日民國華"), path


def _bring_up_to_date() -> None:
    there = translated() if PO.exists() else Catalog(locale="zh_Hant")
    now = extracted()
    for message in now:
        key = message.id if isinstance(message.id, str) else message.id[0]
        found = there.get(key, message.context) if key else None
        if found is not None:
            message.string = found.string
    now.header_comment = "# Traditional Chinese as written in Taiwan."
    now.fuzzy = False
    out = io.BytesIO()
    write_po(out, now, width=100, no_location=True, omit_header=False, sort_output=True)
    text = re.sub(rb'"(POT-Creation|PO-Revision)-Date:[^\n]*\n', b"", out.getvalue())
    text = re.sub(
        rb'"(Last-Translator|Language-Team|Generated-By|Report-Msgid-Bugs-To):[^\n]*\n', b"", text
    )
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(text)
    PO.with_suffix(".mo").write_bytes(_compiled(translated()))


if __name__ == "__main__":
    from patrol.register.start import start

    start(web=True)
    _bring_up_to_date()
