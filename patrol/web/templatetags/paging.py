"""Which page of a list this is. Links to the next page count, since a place in a list says only what comes after it."""

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.utils.translation import gettext

register = template.Library()
_PLACES = ("after", "before", "before_seq")
"""What an address names the place in a list after which its page begins."""
_LONGEST = 5  # digits


def _number(request: HttpRequest) -> int | None:
    """Of the page that the address asks for; None for a place to which nobody counted."""
    if not any(request.GET.get(name) for name in _PLACES):
        return 1
    told = request.GET.get("page", "")
    counted = told.isascii() and told.isdecimal() and len(told) <= _LONGEST
    return int(told) if counted and int(told) > 1 else None


@register.simple_tag(takes_context=True)
def nth_page(context: Context) -> str:
    """The number behind a list's title, from the second page on (WCAG 2.4.2)."""
    number = _number(context["request"])
    return " · " + gettext("page {0}").format(number) if number and number > 1 else ""


@register.simple_tag(takes_context=True)
def turned(context: Context) -> str:
    """What the address of the next page counts."""
    number = _number(context["request"])
    return f"&page={number + 1}" if number else ""
