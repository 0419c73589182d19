"""Shares with how sure they are."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.precision import Share
from patrol.models import Part
from patrol.web.between import aside

register = template.Library()


@register.filter
def share(counted: Share) -> str:
    """`18 of 20 · 90 % (70–97 %)`; with few behind it no per cent are said."""
    if not counted.whole:
        return _("no decision yet")
    said = _("{0} of {1}").format(counted.part, counted.whole)
    low, high = (round(100 * end) for end in counted.interval)
    if counted.few:
        return f"{said}{aside(f'{low}–{high} %')}"
    return f"{said} · {round(100 * (counted.value or 0))} %{aside(f'{low}–{high} %')}"


@register.filter
def basis(part: Part) -> str:
    """What a part of a score was counted from; nothing where its name says it all."""
    if part.of is None:
        return ""
    if part.right is not None:
        return share(Share(part.right, part.of))
    return ngettext("{0} other post", "{0} other posts", part.of).format(part.of)
