"""Declaring an age: the one cookie that a source's engine knows, for one host."""

from urllib.parse import urlsplit

from patrol.models import AgeDeclaration, Source
from spiders.engines import engine_names, load
from spiders.places import known


def declaration(source: Source, host: str, engine: str | None = None) -> AgeDeclaration | None:
    """How that source's visitors declare their age to that host; None where its software asks for none."""
    cookie = age_cookie(source, engine)
    return AgeDeclaration(host=host.lower(), cookie=cookie) if cookie else None


def age_cookie(source: Source, engine: str | None = None) -> str:
    """The cookie of the source's engine, named, recognised, or known by the place; empty if there is none."""
    places = (known(start) for start in source.start)
    names = (source.engine, engine, *(place.engine for place in places if place))
    name = next(filter(None, names), None)
    return load(name).age_cookie if name in engine_names() else ""


def age_hosts(source: Source, engine: str | None = None) -> tuple[str, ...]:
    """Hosts of the start addresses that may be told an age; none where the engine declares none."""
    if not age_cookie(source, engine):
        return ()
    return tuple(dict.fromkeys(urlsplit(start).netloc.lower() for start in source.start))
