"""The keyboard as a page, and somebody's own keys."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from patrol.actions.staffing import keyboards
from patrol.actions.staffing.keyboards import OwnKeys
from patrol.models import Permission
from patrol.web.access import Access, page
from patrol.web.forms import BadForm
from patrol.web.keys import KEYS, conflicts, readable
from patrol.web.request import Request

_MOVABLE = {key.does: key for key in KEYS if not key.fixed}
_OTHERS = {"csrfmiddlewaretoken", "off", "reset"}


@page(Access.SIGNED_IN, methods=("GET", "HEAD", "POST"))
def keys(request: Request) -> HttpResponse:
    """Which key does what; whoever reads leads may change it."""
    if request.method != "POST":
        return _shown(request, keyboards.own_keys(request.desk))
    own, faults = _read(request.POST)
    if faults:
        return _shown(request, own, faults)
    keyboards.keep(request.desk, own)
    return redirect("keys")


def _shown(request: HttpRequest, own: OwnKeys, faults: tuple[str, ...] = ()) -> HttpResponse:
    context = {
        "rows": [(key, own.keys.get(key.does, key.shown)) for key in KEYS],
        "is_off": own.is_off,
        "errors": faults,
        "may_change": request.desk.may(Permission.LEADS_READ),  # type: ignore[attr-defined]
    }
    return render(request, "keys.html", context, status=400 if faults else 200)


def _read(data: QueryDict) -> tuple[OwnKeys, tuple[str, ...]]:
    """What was sent, only where it differs from the shipped keys, and what is wrong with it. Raises `BadForm`."""
    for name in data:
        if name not in _MOVABLE and name not in _OTHERS:
            raise BadForm(name)
    is_off = bool(data.get("off"))
    if data.get("reset"):
        return OwnKeys(is_off=is_off), ()
    sent = {does: _stroke(data.get(does, "")) for does in _MOVABLE}
    wanted = {does: shown for does, shown in sent.items() if shown != _MOVABLE[does].shown}
    own = OwnKeys({does: shown for does, shown in wanted.items() if shown}, is_off)
    return own, _faults(own)


def _stroke(words: str) -> str:
    """`shift+x` as `Shift+X`; of anything else the letters in capitals."""
    pieces = " ".join(words.split()).upper()[:15]
    return pieces.replace("SHIFT+", "Shift+")


def _faults(own: OwnKeys) -> tuple[str, ...]:
    found = [
        _("“{0}” is no key that may be used ({1}).").format(shown, _MOVABLE[does].text)
        for does, shown in own.keys.items()
        if not readable(shown)
    ]
    if found:
        return tuple(found)
    board = tuple(replace(key, shown=own.keys.get(key.does, key.shown)) for key in KEYS)
    return tuple(
        _("{0} cannot do two things: “{1}” and “{2}”.").format(one.shown, one.text, other.text)
        for one, other in conflicts(board)
    )
