"""Which Chromium there is, and how it is started: with no way to the network but through us.

Three walls, one behind the other. The page's own policy and the routes answer
or drop whatever it asks for; a proxy that nobody serves swallows what comes
past them; no name resolves. Tried with all but one taken away
(`tests/spiders/browser/test_walls.py`).
"""

import os
import re
import shutil
import subprocess
from typing import Any

from patrol.errors import PatrolError

NAMES = ("chromium", "chromium-browser", "google-chrome")

NOWHERE = "http://127.0.0.1:1"
"""A proxy that nobody serves: whatever the browser opens by itself ends here, loopback included."""

ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--blink-settings=imagesEnabled=false",  # also those inside of a page
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",  # UDP goes past any proxy
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # its name in older ones
    "--dns-prefetch-disable",
    "--js-flags=--max-old-space-size=256",  # MB
)

POLICY = "; ".join(
    f"{thing}-src 'none'"
    for thing in ("img", "media", "font", "object", "frame", "worker", "manifest")
)
"""Sent with each document, so that pictures are not even asked for. Scripts and their data are left alone."""


MOST_REQUESTS = 40
"""What a page may ask for besides its document. Pictures and the like do not count: they are never asked for."""


class NoChromium(PatrolError):
    """A source needs a browser, and there is none."""

    def __init__(self) -> None:
        super().__init__(
            "This source is read by a browser, and there is no Chromium on this machine.",
            why="Its pages are drawn by their own script; what is received without it holds no posts.",
            do="Install the package `chromium`, or take `browser` out of the source.",
        )


class ChromiumFailed(PatrolError):
    """It is there, and does not start."""

    def __init__(self, path: str, said: str) -> None:
        super().__init__(
            f"Chromium ({path}) could not be started: {said}.",
            why="This source's pages are drawn by their own script, which needs a browser.",
            do=f"Try `{path} --headless --dump-dom about:blank` as the account that runs Patrol. "
            "If it speaks of a sandbox, install `chromium-sandbox` or allow user namespaces; never give `--no-sandbox`.",
        )


def find() -> str | None:
    """Where Chromium is."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def major() -> str | None:
    """The first part of its version, such as `142`, as the program itself says it; None where it says none."""
    path = find()
    if path is None:
        return None
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(rb"(?:Chromium|Chrome) (\d+)\.", done.stdout)
    return found[1].decode() if found else None


def launch_options(path: str) -> dict[str, Any]:
    """How Playwright starts it. Its own sandbox stays on, but for root, for whom it has none."""
    return {
        "executable_path": path,
        "headless": True,
        "proxy": {"server": NOWHERE},
        "args": list(ARGUMENTS),
        "chromium_sandbox": os.geteuid() != 0,
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
    }


WITHOUT = "for (const each of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport']) delete window[each];"
"""Run in every frame before the page: what speaks UDP is not there at all."""

CONTEXT: dict[str, Any] = {
    "accept_downloads": False,
    "service_workers": "block",
    "locale": "zh-TW",
    "reduced_motion": "reduce",
}
"""A reader without memory: nothing of it is on disk, and it ends with the run."""
