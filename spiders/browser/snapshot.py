"""The text of a drawn page, taken from a world of its own: the page's scripts cannot lie to it."""

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from spiders.gate.size import LARGEST

if TYPE_CHECKING:
    from playwright.async_api import CDPSession

SECONDS = 5.0
"""How long a page may take to give its text: one whose script never rests gives none."""

_TAKE = """
(() => {
  const getter = (type, name) => {
    const get = Object.getOwnPropertyDescriptor(type.prototype, name).get;
    return (node) => get.call(node);
  };
  const attributes = getter(Element, "attributes");
  const value = getter(Node, "nodeValue");
  const root = getter(Document, "documentElement")(document);
  const walker = Document.prototype.createTreeWalker.call(document, root);
  let size = 0;
  for (let node = root; node; node = walker.nextNode()) {
    size += 8 + (value(node) || "").length;
    if (node instanceof Element)
      for (const each of attributes(node)) size += each.name.length + each.value.length;
    if (size > %d) return {size, text: null};
  }
  return {size, text: "<!DOCTYPE html>" + getter(Element, "outerHTML")(root)};
})()
"""
"""Measured before it is copied. Getters are taken from their types: a form may name an input `attributes`."""

_REST = """
new Promise((done) => {
  let looks = 0;
  const idle = (next) => requestIdleCallback(next, {timeout: 1000});
  const look = () => {
    if (document.readyState === "loading" && looks++ < 40) setTimeout(look, 50);
    else idle(() => setTimeout(() => idle(() => done(true)), 100));
  };
  look();
})
"""
"""Two moments of idleness with a tenth of a second between. A page that never ends loading is waited for 2 s."""


class Snapshot(NamedTuple):
    """What a page has become."""

    text: str | None
    """None if it is too large."""
    size: int
    """Characters, as far as they were counted."""


async def rest(session: "CDPSession") -> None:
    """Wait until the page's own thread has nothing to do, however slow the machine is. Raises as `take`."""
    await _evaluate(session, _REST)


async def take(session: "CDPSession") -> Snapshot:
    """The document as it stands. Raises `TimeoutError`, and Playwright's error if the page is gone."""
    told = await _evaluate(session, _TAKE % LARGEST)
    return Snapshot(told["text"], int(told["size"]))


async def _evaluate(session: "CDPSession", expression: str) -> Any:
    async with asyncio.timeout(SECONDS + 1):
        tree = await session.send("Page.getFrameTree")
        frame = tree["frameTree"]["frame"]["id"]
        world = await session.send("Page.createIsolatedWorld", {"frameId": frame})
        found = await session.send(
            "Runtime.evaluate",
            {
                "expression": expression,
                "contextId": world["executionContextId"],
                "returnByValue": True,
                "awaitPromise": True,
                "timeout": SECONDS * 1000,
            },
        )
    if "exceptionDetails" in found:
        raise TimeoutError
    return found["result"].get("value")
