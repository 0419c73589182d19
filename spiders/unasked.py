"""Queries that a board's software answers and that reading it never needs, and why they are left alone.

Each pattern is one of an authorization's parameters that are not covered: the
same posts in another order or dress, one visitor's own addresses, and forms
that write. A sort order makes thousands of addresses of one list; a form is
nothing that anybody who only reads asks for.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from spiders.gate.query import Parameters
from spiders.gate.refusal import Refusal
from spiders.gate.scope import place


class Unasked(StrEnum):
    """What an address with such a parameter is."""

    VISIT = "visit"
    """One visit's own: a session id, a token."""
    ORDER = "order"
    """The same list or thread in another order, or cut otherwise."""
    DRESS = "dress"
    """The same posts for a printer, a phone or in another skin."""
    FORM = "form"
    """A form or an act: to answer, report, vote, buy, sign in."""


Patterns = Mapping[Unasked, tuple[str, ...]]

_ANY: Patterns = MappingProxyType({Unasked.VISIT: ("sid", "phpsessid", "jsessionid")})
"""Of software that nobody knows yet."""

_WORDPRESS: Patterns = {
    Unasked.VISIT: ("_wpnonce",),
    Unasked.ORDER: ("orderby", "order"),
    Unasked.DRESS: ("print", "share"),
    Unasked.FORM: ("replytocom", "action=*", "add-to-cart", "bbp_*"),
}

_UNASKED: Mapping[str, Patterns] = {
    "bbpress": _WORDPRESS,
    "discourse": {
        Unasked.ORDER: ("order", "ascending"),
        Unasked.DRESS: ("print", "mobile_view"),
    },
    "discuz": {
        Unasked.VISIT: ("sid", "formhash"),
        Unasked.ORDER: ("orderby", "ascdesc", "ordertype", "dateline", "authorid"),
        Unasked.DRESS: ("action=printable", "mobile", "style"),
        Unasked.FORM: (
            "mod=post", "mod=misc", "mod=logging", "mod=register", "mod=spacecp",
            "action=reply", "action=newthread", "action=edit", "action=report",
        ),
    },
    "drupal": {Unasked.FORM: ("destination", "token")},
    "flarum": {Unasked.FORM: ("token",)},
    "fluxbb": {
        Unasked.ORDER: ("sort_by", "sort_dir"),
        Unasked.FORM: ("action=quote", "action=report", "action=login", "action=out", "csrf_token"),
    },
    "invision": {
        Unasked.VISIT: ("csrfkey", "_fromlogin"),
        Unasked.ORDER: ("sortby", "sortdirection"),
        Unasked.DRESS: ("listresultstype",),
        Unasked.FORM: ("do=report*", "do=edit*", "do=add", "do=reply*", "do=email", "do=login", "do=logout"),
    },
    "mybb": {
        Unasked.VISIT: ("sid", "my_post_key"),
        Unasked.ORDER: ("sortby", "order", "datecut"),
        Unasked.DRESS: ("mode", "theme", "language"),
        Unasked.FORM: ("action=report", "action=login", "action=logout", "action=register", "action=reply"),
    },
    "nodebb": {Unasked.ORDER: ("sort",), Unasked.VISIT: ("_csrf",)},
    "phpbb": {
        Unasked.VISIT: ("sid", "hash", "form_token"),
        Unasked.ORDER: ("sk", "sd", "st"),
        Unasked.DRESS: ("view=print", "style"),
        Unasked.FORM: (
            "mode=post", "mode=reply", "mode=quote", "mode=edit", "mode=delete", "mode=login",
            "mode=logout", "mode=register", "mode=email*", "watch", "unwatch", "bookmark",
        ),
    },
    "smf": {
        Unasked.VISIT: ("phpsessid", "sesc"),
        Unasked.ORDER: ("sort", "desc"),
        Unasked.DRESS: ("action=printpage*", "theme", "wap", "wap2", "imode"),
        Unasked.FORM: (
            "action=post*", "action=reporttm*", "action=emailuser*", "action=login*",
            "action=logout*", "action=register*", "action=notify*", "action=sendtopic*",
        ),
    },
    "shopify": {Unasked.ORDER: ("sort_by",), Unasked.DRESS: ("view", "variant")},
    "vanilla": {Unasked.ORDER: ("sort",), Unasked.VISIT: ("transientkey",), Unasked.FORM: ("target",)},
    "vbulletin": {
        Unasked.VISIT: ("s", "securitytoken"),
        Unasked.ORDER: ("sort", "sortfield", "sortorder", "daysprune"),
        Unasked.DRESS: ("mode", "styleid", "langid"),
        Unasked.FORM: ("do=newreply", "do=newthread", "do=login", "do=logout", "do=sendtofriend", "do=addsubscription", "do=reputation"),
    },
    "wordpress": _WORDPRESS,
    "woocommerce": {Unasked.ORDER: ("orderby",), Unasked.FORM: ("add-to-cart", "add_to_wishlist")},
    "xenforo": {
        Unasked.VISIT: ("_xftoken",),
        Unasked.ORDER: ("order", "direction"),
        Unasked.DRESS: ("style_id", "_xfresponsetype"),
        Unasked.FORM: ("quick_reply", "quote"),
    },
}  # fmt: skip


def unasked(engine: str | None, needed: Iterable[str] = ()) -> dict[Unasked, tuple[str, ...]]:
    """Patterns by what they are; without those that an address in `needed` has, since reading leads there."""
    needed = tuple(needed)
    found = {
        what: tuple(one for one in patterns if not any(_refuses(one, url) for url in needed))
        for what, patterns in _UNASKED.get(engine or "", _ANY).items()
    }
    return {what: found[what] for what in Unasked if found.get(what)}


def engines() -> frozenset[str]:
    """Those whose unneeded queries are known."""
    return frozenset(_UNASKED)


def _refuses(pattern: str, url: str) -> bool:
    try:
        Parameters((), (pattern,)).check(place(url).query)
    except Refusal:
        return True
    return False
