"""Our styles and scripts, sent as fast as a browser can want them: named by their content, compressed once, kept for good.

Cookies are `SameSite=Strict`, so no other site can have a signed-in page
fetched and learn from its compressed length what stands in it (BREACH); the
tokens of forms are masked anew on every page besides, and Django pads it.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

FOLDER = Path(__file__).parent / "static"
ADDRESS = "/static/"
FOR_GOOD = "public, max-age=31536000, immutable"
_PRESSED = ("text/", "application/json")
"""Kinds of answers that are worth it; exports are compressed already."""


class Asset(NamedTuple):
    """A file as it is sent."""

    name: str
    """`patrol.1f2e3d4c5b6a.css`: another content has another name."""
    kind: str
    plain: bytes
    pressed: bytes


@cache
def assets() -> dict[str, Asset]:
    """All of them, by the names that templates use. Read once by each process."""
    return {path.name: _read(path) for path in sorted(FOLDER.iterdir()) if path.is_file()}


def _read(path: Path) -> Asset:
    plain = path.read_bytes()
    named = f"{path.stem}.{hashlib.sha256(plain).hexdigest()[:12]}{path.suffix}"
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(named, f"{kind}; charset=utf-8", plain, gzip.compress(plain, 9, mtime=0))


@cache
def _by_address() -> dict[str, Asset]:
    return {ADDRESS + asset.name: asset for asset in assets().values()}


class NamedByContent(StaticFilesStorage):
    """`{% static %}` writes these names. An unknown one is said as it is, and not found."""

    def url(self, name: str | None) -> str:
        """The address of that file."""
        asset = assets().get(name or "")
        return ADDRESS + asset.name if asset else super().url(name)


class Assets:
    """Answers for them. The plain names are no addresses: nobody keeps what may change."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asset = _by_address().get(request.path_info)
        if asset is None or request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        pressed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(asset.pressed if pressed else asset.plain, asset.kind)
        response["Cache-Control"] = FOR_GOOD
        response["Content-Length"] = str(len(response.content))
        if pressed:
            response["Content-Encoding"] = "gzip"
        patch_vary_headers(response, ("Accept-Encoding",))
        return response


class PressedPages(GZipMiddleware):
    """Pages and their fragments, compressed. After the look was recorded: the door is further in."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """As it is, or compressed where the browser takes that."""
        if not response.headers.get("Content-Type", "").startswith(_PRESSED):
            return response
        return super().process_response(request, response)
