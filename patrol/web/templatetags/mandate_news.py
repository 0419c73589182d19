"""What must be heard of mandates on every page: what ends within days, and what one person did alone."""

from typing import Any, NamedTuple

from django import template
from django.template.context import Context

from patrol.actions.collecting.emergencies import Emergency, waiting
from patrol.actions.collecting.endings import Ending, endings

register = template.Library()
EVERYWHERE = 7
"""Days before the end from which on a supervisor is told on every page."""


class News(NamedTuple):
    """For whoever answers for it; empty for everybody else."""

    endings: tuple[Ending, ...]
    emergencies: tuple[Emergency, ...]


@register.simple_tag(takes_context=True)
def mandate_news(context: Context) -> News:
    """What this person has to hear."""
    desk: Any = context.get("desk")
    if desk is None or desk.person is None:
        return News((), ())
    return News(endings(desk, EVERYWHERE), waiting(desk))
