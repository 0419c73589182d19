"""Cross-site forms are refused, also under `Referrer-Policy: no-referrer`."""

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware


class ForgeryMiddleware(CsrfViewMiddleware):
    """Django's, and the browser's own word on where a form came from.

    Under no-referrer a browser sends `Origin: null` with our own forms too
    (Fetch, "append a request Origin header"); `Sec-Fetch-Site`, which no page
    can set, then tells ours from others'. The token is asked for either way.
    """

    def process_view(
        self, request: HttpRequest, callback: Any, callback_args: Any, callback_kwargs: Any
    ) -> Any:
        """Refuse what the browser says comes from elsewhere; then Django's checks."""
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if request.method not in {"GET", "HEAD", "OPTIONS", "TRACE"} and site not in {
            "same-origin",
            "none",
        }:
            return self._reject(request, f"Sec-Fetch-Site is {site}")  # type: ignore[attr-defined]
        return super().process_view(request, callback, callback_args, callback_kwargs)

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.headers.get("Origin") == "null":
            return request.headers.get("Sec-Fetch-Site") == "same-origin"
        verified: bool = super()._origin_verified(request)  # type: ignore[misc]
        return verified
