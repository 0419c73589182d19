"""The answers, and the description of them (OpenAPI 3.1)."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from patrol.actions.desk import Desk
from patrol.actions.maintaining import programs
from patrol.models import TokenScope
from patrol.web.access import Access, page
from patrol.web.api.answers import (
    CheckpointAnswer,
    CoverageAnswer,
    HealthAnswer,
    InboxAnswer,
    SourceAnswer,
)
from patrol.web.api.asked import BadQuery, asked, closed
from patrol.web.api.described import described

USUAL_DAYS, MOST_DAYS = 7, 90


@asked(TokenScope.INBOX)
def inbox(desk: Desk, request: HttpRequest) -> InboxAnswer:
    """How much waits for whoever made the token."""
    closed(request, {})
    return InboxAnswer(**vars(programs.waiting(desk)))


@asked(TokenScope.COVERAGE)
def coverage(desk: Desk, request: HttpRequest) -> CoverageAnswer:
    """What was read of each source in the last days, and what was not seen."""
    days = closed(request, {"days": USUAL_DAYS})["days"]
    if not (days.isascii() and days.isdecimal() and len(days) <= 2 and 1 <= int(days) <= MOST_DAYS):
        raise BadQuery("days")
    period, sources = programs.watched(desk, int(days))
    return CoverageAnswer(
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        sources=tuple(
            SourceAnswer(
                name=one.name,
                title=one.title,
                channel=one.channel,
                authorized=one.authorized,
                paused=one.paused,
                every_minutes=one.every_minutes,
                last_good_at=one.last_good_at,
                runs=one.sum("runs"),
                good=one.sum("good"),
                bad=one.sum("bad"),
                due_hours=round(one.due_hours, 2),
                unseen_hours=round(one.unseen_hours, 2),
            )
            for one in sources
        ),
    )


@asked(TokenScope.HEALTH)
def health(desk: Desk, request: HttpRequest) -> HealthAnswer:
    """Whether the workbench is well, for monitoring."""
    closed(request, {})
    return HealthAnswer(**vars(programs.health(desk)))


@asked(TokenScope.CHECKPOINT)
def checkpoint(desk: Desk, request: HttpRequest) -> CheckpointAnswer:
    """The last checkpoint of the access log, to be kept where nobody here can change it."""
    closed(request, {})
    return CheckpointAnswer(**vars(programs.checkpoint(desk)))


@page(Access.ANYONE)
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of all that a program may ask. It holds nothing of this installation."""
    del request
    return JsonResponse(described(), json_dumps_params={"ensure_ascii": False, "indent": 1})
