"""Whether what a page shows is under a legal hold, and whether its reader may ask for one."""

from collections.abc import Callable
from typing import Any

from django import template

from patrol.actions.keeping.holding import maybe_on_case, maybe_on_lead, maybe_on_source
from patrol.models import Permission
from patrol.register.tables import LegalHold

register = template.Library()
_ON: dict[str, Callable[[Any], LegalHold | None]] = {
    "lead": maybe_on_lead,
    "case": maybe_on_case,
    "source": maybe_on_source,
}


@register.simple_tag
def hold_on(kind: str, of: Any) -> LegalHold | None:
    """The hold on that lead, case (by its id) or source (by its name)."""
    return _ON[kind](of)


@register.simple_tag(takes_context=True)
def may_hold(context: dict[str, Any]) -> bool:
    """Whether whoever reads this may ask for a hold."""
    desk = context.get("desk")
    return bool(desk and desk.may(Permission.HOLDS_PLACE))
