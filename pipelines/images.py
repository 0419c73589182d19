"""Addresses of images that stood in a flagged post: sealed with the lead's words, and compared by a keyed hash."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from patrol.models import Category, Post
from patrol.register.inserts import Insert
from patrol.register.sealing import Seal, keyed_hash
from patrol.register.tables import ImageAddress

METHODS = frozenset(
    {
        Category.EMOTIONAL_DECEPTION,
        Category.EMOTIONAL_BLACKMAIL,
        Category.INTIMIDATION,
        Category.SOLICITATION,
        Category.TRADING,
    }
)
"""The five methods against children: only under a mandate that names one of them is an address kept."""
_KEEP = Insert(ImageAddress, "sighting", "tag", "address")


def keep(posts: Iterable[tuple[int, Seal, Post]]) -> None:
    """Write them down in the transaction at hand, of sightings by their numbers."""
    _KEEP.all(
        [
            (sighting, tag(address), seal.seal(address.encode(errors="replace")))
            for sighting, seal, post in posts
            for address in post.images
        ]
    )


def tag(address: str) -> str:
    """The same for the same image, however its address is written: no scheme, no fragment, host in lower case."""
    bare = address.partition("//")[2] or address
    parts = urlsplit(f"//{bare}")
    query = f"?{parts.query}" if parts.query else ""
    return keyed_hash("image", f"{parts.netloc.lower()}{parts.path}{query}")
