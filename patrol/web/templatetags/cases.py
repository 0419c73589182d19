"""Filters of the pages of campaigns and cases."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from patrol.actions.casework.casefile import Line
from patrol.actions.linking.linked import Author, Graph
from patrol.actions.triaging.placing import Place, place_of
from patrol.actions.triaging.reading import HandleShown
from patrol.models import Verb, Verdict
from patrol.web import words
from patrol.web.between import colon

register = template.Library()


@register.filter
def lines(graph: Graph) -> Iterator[tuple[Author, HandleShown, tuple[int, ...]]]:
    """The lines of a drawing, said: author, contact, leads."""
    return (
        (graph.authors[line.author], graph.handles[line.handle], line.leads) for line in graph.lines
    )


@register.filter
def against_label(what: str) -> str:
    """What speaks against a case."""
    return str(words.AGAINST[what])


@register.filter
def event(line: Line) -> str:
    """A line of a timeline: what was done, and to what."""
    lead, case = _("lead {0}"), _("case {0}")
    if "." not in line.what:
        return f"{words.VERDICTS[Verdict(line.what)]}{colon()}{lead.format(line.about)}"
    done = words.label(line.what)
    if line.what in {Verb.CASE_MERGED, Verb.CASE_UNMERGED}:
        if line.about.startswith("<"):
            return _("Case {0} became part of this one").format(line.about[1:])
        return f"{done}{colon()}{case.format(line.about)}"
    if line.about.isdecimal():
        return f"{done}{colon()}{lead.format(line.about)}"
    return f"{done}{colon()}{line.about}" if line.about else done


@register.filter
def verdicts(told: str) -> str:
    """Verdicts in their order."""
    return " → ".join(str(words.VERDICTS[Verdict(one)]) for one in told.split(" → "))


@register.simple_tag(takes_context=True)
def placed(context: Mapping[str, Any], lead_id: int) -> Place:
    """The campaign and the cases of a lead that is shown."""
    return place_of(context["desk"], lead_id)
