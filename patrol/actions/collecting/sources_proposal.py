"""What is proposed for an address: its engine, channel, scope and schedule, each with its reason."""

import re
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

from django.utils.translation import gettext_noop as _

from patrol.models import Channel, Model, Scope, Source
from spiders.engines import load
from spiders.look import Glance
from spiders.places import Place
from spiders.unasked import Unasked, unasked

USUAL_MINUTES = 60
_LEAST_MINUTES, _MOST_MINUTES = 15, 1_440
_ROWS_A_PAGE = 20
"""Posts or threads that a board shows on its first page, about."""
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,60}")
_MOST_PATHS = 4
"""Scripts of a board that are named one by one; where it has more, what their paths begin with alike."""


_WHY_UNASKED = MappingProxyType({
    Unasked.VISIT: _("One visit's own addresses: session ids and tokens."),
    Unasked.ORDER: _("The same posts in another order, under ever new addresses."),
    Unasked.DRESS: _("The same posts for a printer, a phone or in another skin."),
    Unasked.FORM: _("Forms and acts: nobody who only reads asks for them."),
})  # fmt: skip


class Denied(Model):
    """Parameters that are never asked for, and why."""

    patterns: tuple[str, ...]
    why: str


class Proposal(Model):
    """A source as it may be proposed; a person changes what is wrong. Nothing of it is in force."""

    source: Source
    scope: Scope
    """What an authorization has to cover."""
    read_as: str | None = None
    """The address at which the same is had with more certainty; asked instead while the engine reads."""
    why_engine: str = ""
    why_schedule: str = ""
    why_scope: str = ""
    denied: tuple[Denied, ...] = ()
    """What the scope leaves out of its paths, each part with its reason."""


def proposed(address: str, place: Place | None, glance: Glance | None) -> Proposal:
    """From the address alone where nothing was asked of the site."""
    engine = (glance.engine if glance else None) or (place.engine if place else None)
    selectors = glance.selectors if glance and not engine else None
    better = glance.better if glance else _better(engine, address)
    every, why_schedule = _schedule(glance)
    scope, why_scope = _scope(address, better, glance)
    denied = denials(engine, (address, better or address, *_led_to(glance)))
    never = tuple(dict.fromkeys(one for part in denied for one in part.patterns))
    source = Source(
        name=name_for(address),
        title=_titles(address, glance),
        channel=_channel(engine, place),
        engine=engine,
        selectors=selectors,
        start=(address,),
        every_minutes=every,
        browser=_("Its pages hold nearly no words until their scripts have run.")
        if glance and glance.draws_itself
        else None,
    )
    return Proposal(
        source=source, scope=scope.model_copy(update={"query_deny": never}), read_as=better, why_engine=_why_engine(engine, glance),
        why_schedule=why_schedule, why_scope=why_scope, denied=denied,
    )  # fmt: skip


def name_for(address: str) -> str:
    """A source's name made of its host and the last words of its path."""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.").partition(".")[0]
    rest = re.sub(r"\.(?:html?|php|aspx?)\b", "", f"{parts.path} {parts.query}")
    words = [word.lower() for word in re.findall(r"[A-Za-z0-9]+", f"{host} {rest}")]
    kept = [word for word in words if word not in {"index", "bbs", "http", "https"}][:5]
    name = "_".join(kept)[:50] or "source"
    return name if name[0].isalpha() else f"s_{name}"


def _titles(address: str, glance: Glance | None) -> dict[str, str]:
    title = (glance.title if glance else "") or urlsplit(address).netloc
    return {"en": title[:120], "zh-Hant": title[:120]}


def _channel(engine: str | None, place: Place | None) -> Channel:
    if place is not None:
        return place.channel
    return load(engine).channel if engine else Channel.PLATFORM


def _better(engine: str | None, address: str) -> str | None:
    return load(engine).better(address) if engine else None


def _why_engine(engine: str | None, glance: Glance | None) -> str:
    if glance is None:
        return _("The place is known.") if engine else _("Not known before a look.")
    if glance.engine:
        return glance.evidence or _("The place is known.")
    return glance.why or glance.detail


def _schedule(glance: Glance | None) -> tuple[int, str]:
    """Often enough that a quarter of the first page is new, within limits."""
    if glance is None or glance.gap_minutes is None:
        return USUAL_MINUTES, _("Nothing tells how often something is written.")
    minutes = round(glance.gap_minutes * _ROWS_A_PAGE / 4)
    every = min(_MOST_MINUTES, max(_LEAST_MINUTES, minutes))
    return every, f"Something is written every {max(1, round(glance.gap_minutes))} minutes or so."


def _scope(address: str, better: str | None, glance: Glance | None) -> tuple[Scope, str]:
    """The hosts that are needed, and the paths on them that reading leads to."""
    own = urlsplit(address).netloc.lower()
    leads = (
        [link for link in glance.threads if urlsplit(link).netloc.lower() == own] if glance else []
    )
    needed = [address, *([better] if better else []), *leads]
    paths = list(dict.fromkeys(urlsplit(link).path or "/" for link in needed))
    scope = Scope(
        hosts=tuple(dict.fromkeys(urlsplit(link).netloc.lower() for link in needed)),
        https_only=all(urlsplit(link).scheme == "https" for link in needed),
        query_allow=_pinned(address, leads),
    )
    if not leads:
        return scope, _("Nothing tells yet which paths its threads have.")
    if len(paths) <= _MOST_PATHS:
        return scope.model_copy(update={"paths": tuple(paths)}), _(
            "These are the pages that it leads to."
        )
    return scope.model_copy(update={"paths": (_common(paths),)}), _(
        "All threads begin with this path."
    )


def _led_to(glance: Glance | None) -> tuple[str, ...]:
    return (*glance.threads, *glance.onward) if glance else ()


def denials(engine: str | None, needed: tuple[str, ...] = ()) -> tuple[Denied, ...]:
    """What is never asked of that software, but for what reading was seen to need."""
    return tuple(
        Denied(patterns=patterns, why=_WHY_UNASKED[what])
        for what, patterns in unasked(engine, needed).items()
    )


def _pinned(address: str, leads: list[str]) -> tuple[str, ...]:
    """Parameters of the start that its threads have as well, and always alike: those of the board, such as `f=7`."""
    own = parse_qsl(urlsplit(address).query)
    given = [(name, value) for link in leads for name, value in parse_qsl(urlsplit(link).query)]
    return tuple(
        f"{name}={value}"
        for name, value in own
        if {other for also, other in given if also == name} == {value} and _PLAIN.fullmatch(value)
    )


def _common(paths: list[str]) -> str:
    """The folder that all of them are in."""
    first, last = min(paths), max(paths)
    length = next(
        (
            place
            for place, letter in enumerate(first)
            if place >= len(last) or last[place] != letter
        ),
        len(first),
    )
    return first[:length].rpartition("/")[0] + "/"
