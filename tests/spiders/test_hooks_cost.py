"""No hook of any engine takes time by the square of a page: `A ~ B` and `:nth-child` look at all neighbours of each element.

The hooks are found in the code itself, and each is tried on pages made of what it looks for.
"""

import ast
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

import spiders
from spiders.board import around_words
from spiders.page import Page

ROOT = Path(spiders.__file__).parent
MANY = 20_000
"""Elements of a page: a quarter of a second and more where each is compared with all others."""
SECONDS = 0.1
"""Of the processor; those that look at each element once take a tenth of it."""
_COMMA = re.compile(r",(?![^(\[]*[)\]])")
_ATTRIBUTE = re.compile(r"\[([\w-]+)(?:[\^$*~|]?=['\"]?([^'\"\]]*)['\"]?(?: i)?)?\]")
_INSIDE = re.compile(r":(?:has|not|is)\(((?:[^()]|\([^()]*\))*)\)")
_LOOKS_AROUND = re.compile(r"[~+]|:nth|:only|:last|:first|:has|:not\([^)]* ")


def _hooks() -> Iterator[str]:
    """Selectors of the room's code that look at more than one element."""
    blank = LexborHTMLParser("<p>a</p>")
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            for part in _COMMA.split(node.value):
                hook = re.sub(r"@[\w:-]+$", "", part).strip()
                if not _LOOKS_AROUND.search(_ATTRIBUTE.sub("", hook)) or "\n" in hook:
                    continue
                try:
                    blank.css(hook)
                except Exception:  # noqa: BLE001, S112  (words that are no selector)
                    continue
                yield hook


HOOKS = sorted(set(_hooks()))


def _element(compound: str) -> tuple[str, str]:
    """Start and end of an element that these conditions select, but for their pseudo-classes."""
    name = re.match(r"[a-z][\w-]*", compound)
    tag = name[0] if name else "div"
    bare = re.sub(r":[\w-]+(?:\([^()]*\))?", "", compound)
    said = {key: value or "x" for key, value in _ATTRIBUTE.findall(bare)}
    bare = _ATTRIBUTE.sub("", bare)
    said.update(("id", found) for found in re.findall(r"#([\w-]+)", bare))
    said["class"] = " ".join([said.get("class", ""), *re.findall(r"\.([\w-]+)", bare)])
    written = "".join(f' {key}="{value}"' for key, value in said.items())
    return f"<{tag}{written}>", f"</{tag}>"


def _pages(hook: str) -> Iterator[str]:
    """One kind of its elements beside each other, all of them in turn, the last behind the first, and one in the other."""
    parts = [_INSIDE.sub("", hook), *_INSIDE.findall(hook)]
    compounds = [
        word for part in parts for word in re.split(r"\s*[>+~,]\s*|\s+", part.strip()) if word
    ]
    each = [_element(one) for one in dict.fromkeys(compounds) if not one.startswith("html")]
    if not each:
        return
    table = ("<table><tr>", "</tr></table>") if ("</td>" in {end for _, end in each}) else ("", "")
    pairs = MANY // len(each)
    for start, end in each:
        yield table[0] + f"{start}x{end}" * MANY + table[1]
    yield table[0] + "".join(f"{start}x{end}" for start, end in each) * pairs + table[1]
    (first, first_end), (last, last_end) = each[0], each[-1]
    yield (first + first_end) * (MANY // 2) + (last + last_end) * (MANY // 2)
    yield ("".join(start for start, _ in each) + "".join(end for _, end in reversed(each))) * pairs


def _seconds(work: Callable[[], object]) -> float:
    """Of the processor; the smaller of two where the first is long."""
    began = time.process_time()
    work()
    took = time.process_time() - began
    if took < SECONDS:
        return took
    began = time.process_time()
    work()
    return min(took, time.process_time() - began)


def test_the_hooks_are_found() -> None:
    assert len(HOOKS) > 100
    assert "td:has(+ td:last-child)" in HOOKS


@pytest.mark.timeout(120)
@pytest.mark.parametrize("start", range(0, len(HOOKS), 20))
def test_no_hook_compares_each_element_with_all_others(start: int) -> None:
    slow = {}
    for hook in HOOKS[start : start + 20]:
        for markup in _pages(hook):
            root = LexborHTMLParser(f"<html><body>{markup}</body></html>").root
            assert root is not None
            took = _seconds(lambda root=root, hook=hook: root.css(hook))  # type: ignore[misc]
            if took > SECONDS:
                slow[hook] = round(took, 2)
    assert not slow


@pytest.mark.timeout(60)
def test_what_stands_around_words_is_found_by_the_pages_length() -> None:
    """It took four seconds for four thousand posts, and a quarter of an hour for the largest page."""
    rows = "<section><b>rider</b><div class='words'>words</div></section>" * MANY
    page = Page("https://board.example/", f"<html><body><main>{rows}</main></body></html>".encode())
    assert len(page.each(".words")) == MANY
    assert _seconds(lambda: around_words(page, ".words")) < 20 * SECONDS
    assert {row.node.tag for row in around_words(page, ".words")} == {"section"}
