"""Whether the access log is vouched for by anybody else, for the pages of those who answer for it."""

from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils import timezone

from patrol.actions.disclosing.soundness import unsound
from patrol.models import Role
from patrol.register import outside

register = template.Library()
ANSWERABLE = frozenset({Role.AUDITOR, Role.SUPERVISOR})


@register.simple_tag(takes_context=True)
def nothing_left_since(context: Context) -> datetime | None:
    """Since when no checkpoint has left this machine; None when one has, for others' pages, and in a laboratory."""
    desk: Any = context.get("desk")
    if desk is None or desk.person is None or settings.PATROL.laboratory_hosts:
        return None
    return outside.unseen_since(timezone.now()) if desk.person.role in ANSWERABLE else None


@register.simple_tag(takes_context=True)
def not_sound(context: Context) -> str | None:
    """Why exports stop, for the pages of those who answer for the log; None while nothing is known against it."""
    desk: Any = context.get("desk")
    if desk is None or desk.person is None or desk.person.role not in ANSWERABLE:
        return None
    return unsound()
