"""Talking to Elasticsearch: one client a process, and every failure as one sentence."""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from elastic_transport import ApiError, TlsError, TransportError
from elasticsearch import Elasticsearch

from patrol.errors import BadInput
from patrol.search.index import LOCAL, IndexAway
from patrol.search.outage import Outage
from patrol.settings import Settings

READ_SECONDS = 10
"""A person waits for a search; a projector does not mind."""
WRITE_SECONDS = 60
_UNTRUSTED = (
    "Patrol does not trust its certificate: look at PATROL_SEARCH_CA and PATROL_SEARCH_FINGERPRINT."
)
_UNKNOWN_KEY, _NOT_ALLOWED = 401, 403
_PORTS = {"http": 9200, "https": 443}
_CLIENTS: dict[tuple[object, ...], Elasticsearch] = {}
"""By process and connection: a client keeps its sockets, and a forked child must not share them."""


class BadSearchUrl(BadInput):
    def __init__(self, why: str) -> None:
        super().__init__(
            "PATROL_SEARCH_URL is no address of an Elasticsearch.",
            why=why,
            do="Write it like https://index.example:9200, several with commas between.",
            where="PATROL_SEARCH_URL",
        )


class BadSearchCa(BadInput):
    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"PATROL_SEARCH_CA is no file of certificates: {path}.",
            why=why,
            do="Give the certificate of the authority that signed Elasticsearch's, as PEM.",
            where="PATROL_SEARCH_CA",
        )


class BadSearchKeyFile(BadInput):
    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"PATROL_SEARCH_KEY_FILE cannot be read: {path}.",
            why=why,
            do="Write the encoded API key into it, readable by this account alone.",
            where="PATROL_SEARCH_KEY_FILE",
        )


class ElasticAway(IndexAway):
    """Elasticsearch does not answer, refuses, or asks to come later."""

    def __init__(self, since: str, why: str, where: str, after: float) -> None:
        super().__init__(
            f"Searching has been unavailable since {since}.",
            why=why,
            do="Wait: posts are still kept, the queue and decisions go on, and the index hears of them when it is back.",
            where=where,
        )
        self.again_after_seconds = after


class Cluster:
    """The Elasticsearch of these settings."""

    def __init__(self, settings: Settings) -> None:
        self.addresses = tuple(map(_address, settings.search_url.split(",")))
        self.outage = Outage(settings.index_path)
        options: dict[str, Any] = {"http_compress": settings.search_compression}
        if key := _key(settings):
            options["api_key"] = key
        if settings.search_ca is not None:
            options["ca_certs"] = _readable(settings.search_ca)
        if settings.search_fingerprint:
            options["ssl_assert_fingerprint"] = settings.search_fingerprint
        self._client = _client(self.addresses, options)

    @property
    def where(self) -> str:
        """Hosts and ports, never with a password."""
        split = map(urlsplit, self.addresses)
        return ", ".join(f"{each.hostname}:{each.port}" for each in split)

    @contextmanager
    def asked(self, seconds: float = READ_SECONDS) -> Iterator[Elasticsearch]:
        """The client for one question. Raises `ElasticAway`."""
        try:
            yield self._client.options(request_timeout=seconds)
        except ApiError as error:
            raise self.away(_said(error), error) from error
        except TlsError as error:
            raise self.away(_UNTRUSTED, error) from error
        except TransportError as error:
            raise self.away(
                f"Elasticsearch does not answer: {type(error).__name__}.", error
            ) from error
        self.outage.over()

    def away(self, why: str, error: Exception | None = None) -> ElasticAway:
        """What is raised while the cluster cannot be used."""
        since = self.outage.since().astimezone(LOCAL)
        return ElasticAway(f"{since:%Y-%m-%d %H:%M}", why, self.where, _after(error))


def kind_of(body: Any) -> str:
    """What Elasticsearch calls an error, without its text: that may quote a document."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        return str(error.get("type", "error"))
    return "error"


def _said(error: ApiError) -> str:
    status = error.meta.status
    if status in {_UNKNOWN_KEY, _NOT_ALLOWED} and kind_of(error.body) == "security_exception":
        if status == _NOT_ALLOWED:
            return "Elasticsearch does not let the API key do this (status 403): docs/operations.md says what it needs."
        return f"Elasticsearch refuses the API key (status {status})."
    return f"Elasticsearch says {kind_of(error.body)} (status {status})."


def _after(error: Exception | None) -> float:
    """Seconds of a `Retry-After`; its form as a date is not written by Elasticsearch, nor by proxies before it."""
    if isinstance(error, ApiError):
        given = error.meta.headers.get("retry-after") or ""
        return float(given) if given.isdecimal() else 0.0
    return 0.0


def _key(settings: Settings) -> str:
    """The API key: of its file, where one is named."""
    path = settings.search_key_file
    if path is None:
        return settings.search_key.get_secret_value()
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSearchKeyFile(path, getattr(error, "strerror", None) or "It is no text.") from None


def _readable(path: Path) -> str:
    """The path of certificates. Told at once: later it would look like an Elasticsearch that is away."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError as error:
        raise BadSearchCa(path, "No certificate can be read from it.") from error
    except OSError as error:
        raise BadSearchCa(path, str(error.strerror)) from error
    return str(path)


def _address(given: str) -> str:
    try:
        split = urlsplit(given.strip())
        port = split.port or _PORTS.get(split.scheme)
    except ValueError as error:
        raise BadSearchUrl("Its port or host cannot be read.") from error
    if port is None or not split.hostname:
        raise BadSearchUrl("It begins with neither http:// nor https://, or names no host.")
    address = given.strip().rstrip("/")
    return address if split.port else f"{split.scheme}://{split.netloc}:{port}{split.path}"


def _client(addresses: tuple[str, ...], options: dict[str, Any]) -> Elasticsearch:
    name = (os.getpid(), addresses, *sorted(options.items()))
    client = _CLIENTS.get(name)
    if client is None:
        client = _CLIENTS[name] = Elasticsearch(
            list(addresses),
            max_retries=len(addresses) - 1,
            retry_on_status=(),
            retry_on_timeout=False,
            **options,
        )
    return client
