"""By what a site tells whether a page is still the one that was kept."""

from typing import Literal

from patrol.models.base import Model


class Validator(Model):
    """What a page said of its own version when it was read and kept whole (RFC 9110 section 8.8). Never its words."""

    basis: str
    """Hash of all that decides how the page is read. Under another one the validator says nothing."""
    kind: Literal["list", "thread", "feed"]
    etag: str | None = None
    last_modified: str | None = None
    next_page: str | None = None
    """Where the page led. It leads there still, if it has not changed."""
    last_page: str | None = None
    previous_page: str | None = None
