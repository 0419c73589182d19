"""What was handed over of a lead, and what of it is sealed, for the page that shows it."""

from collections.abc import Mapping
from typing import Any

from django import template

from patrol.actions.disclosing.handoff import Sent, sent_of
from patrol.actions.disclosing.images import counted

register = template.Library()


@register.simple_tag(takes_context=True)
def handed(context: Mapping[str, Any], lead_id: int) -> tuple[Sent, ...]:
    """The newest first. The page's look is recorded already."""
    return sent_of(lead_id, context["desk"].now())


@register.simple_tag
def sealed_images(lead_id: int) -> int:
    """How many image addresses are sealed that stood in its words."""
    return counted(lead_id)
