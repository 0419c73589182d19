"""What a rule asked for and a text says, in the reader's language."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from patrol.models import HandleKind, HandleRole
from patrol.web import words
from pipelines.ages import OLDEST
from pipelines.met import Met

register = template.Library()


@register.filter
def met_label(one: Met) -> str:
    """`LINE, offered`, `price 3500 TWD`, `age 14 to 16`, `number 20`."""
    if one.asks == "handle":
        kind, role = words.label(HandleKind(one.of)), words.label(HandleRole(one.role))
        return _("%(kind)s, %(role)s") % {"kind": kind, "role": role}
    facts = {"least": _plain(one.least), "most": _plain(one.most), "currency": one.of}
    return _sentence(one) % facts


def _sentence(one: Met) -> str:
    if one.asks == "price":
        return _("price %(least)s %(currency)s")
    if one.asks == "number":
        return _("number %(least)s")
    if one.least == one.most:
        return _("age %(least)s")
    return _("age %(least)s or more") if one.most == OLDEST else _("age %(least)s to %(most)s")


def _plain(number: int | Decimal) -> str:
    """Never `1.5E+4`, and without noughts behind the point."""
    return f"{Decimal(number).normalize():f}"
