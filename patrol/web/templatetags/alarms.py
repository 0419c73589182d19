"""What must be seen on pages: calls that nobody acknowledged, and referrals that are not finished."""

from typing import Any

from django import template
from django.template.context import Context

from patrol.actions.notifying import alarms as calls
from patrol.actions.notifying.alarms import Raised
from patrol.actions.triaging import referrals

register = template.Library()


@register.simple_tag(takes_context=True)
def alarm_banner(context: Context) -> tuple[Raised, ...]:
    """Calls that went all the way, for everybody who may read those leads."""
    desk: Any = context.get("desk")
    return calls.raised(desk, calls.BANNER) if desk is not None else ()


@register.simple_tag(takes_context=True)
def lead_alarm(context: Context, lead_id: int) -> Raised | None:
    """The call of the lead on this page."""
    desk: Any = context.get("desk")
    return calls.raised_for(desk, lead_id) if desk is not None else None


@register.simple_tag(takes_context=True)
def unfinished_referrals(context: Context) -> int:
    """How many wait for somebody."""
    desk: Any = context.get("desk")
    return referrals.unfinished(desk) if desk is not None else 0
