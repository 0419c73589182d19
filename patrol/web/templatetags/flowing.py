"""What stands between sentences and between words, as each language sets it."""

import re
from typing import Any

from django import template
from django.utils.translation import get_language

from patrol.web import between

register = template.Library()
_AFTER_FULL_WIDTH = re.compile(r"([。：；！？）])\s*((?:<[^>]+>\s*)*)")


register.simple_tag(between.colon)
register.filter(between.aside)


def _closed_up(found: re.Match[str]) -> str:
    return found[1] + re.sub(r">\s+", ">", found[2])


class _Flowing(template.Node):
    def __init__(self, nodes: template.NodeList) -> None:
        self.nodes = nodes

    def render(self, context: template.Context) -> str:
        shown = self.nodes.render(context)
        chinese = (get_language() or "").startswith("zh")
        return _AFTER_FULL_WIDTH.sub(_closed_up, shown) if chinese else shown


@register.tag
def flowing(parser: Any, token: Any) -> _Flowing:
    """Our own sentences one after the other: Chinese sets no space behind a full stop. Never around collected words."""
    del token
    nodes = parser.parse(("endflowing",))
    parser.delete_first_token()
    return _Flowing(nodes)
