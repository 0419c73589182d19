"""What a record of the access log says beside its columns, said to people."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext, pgettext_lazy

from patrol.models import Verdict
from patrol.web import words

UNTOLD = {
    "from_version",
    "note_hmac",
    "version",
    "query_hmac",
    "sha256",
    "ruleset",
    "repeated",
    "seal",
    "manifest",
    "key",
    "raw_sha256",
    "root",
    "statement",
    "tag_hmac",
    "weights",
}
"""Facts for the verifier, and those that stand in a column already."""

NAMES: dict[str, str | Promise] = {
    "allowed": pgettext_lazy("fact", "allowed"),
    "alone": pgettext_lazy("fact", "by one person alone"),
    "granted": pgettext_lazy("fact", "agreed"),
    "sessions": pgettext_lazy("fact", "sign-ins by their names"),
    "slowed": pgettext_lazy("fact", "not looked at any more: too many tries"),
    "sign_ins": pgettext_lazy("fact", "sign-ins ended"),
    "tokens": pgettext_lazy("fact", "tokens revoked"),
    "severity": pgettext_lazy("fact", "severity"),
    "turns": pgettext_lazy("fact", "turns on call ended"),
    "mandates": pgettext_lazy("fact", "authorizations ended"),
    "role_before": pgettext_lazy("fact", "role before"),
    "waiting": pgettext_lazy("fact", "those that wait"),
    "waits": pgettext_lazy("fact", "to be vouched for"),
    "check_on": pgettext_lazy("fact", "to be looked at again on"),
    "handoff": pgettext_lazy("fact", "hand-off"),
    "receiver": pgettext_lazy("fact", "receiver"),
    "review": pgettext_lazy("fact", "review"),
    "request": pgettext_lazy("fact", "request"),
    "state": pgettext_lazy("fact", "state"),
    "account": pgettext_lazy("fact", "account"),
    "again": pgettext_lazy("fact", "once more"),
    "by": pgettext_lazy("fact", "by"),
    "category": pgettext_lazy("fact", "category"),
    "command": pgettext_lazy("fact", "command"),
    "dead": pgettext_lazy("fact", "refused for good"),
    "dismiss_reason": pgettext_lazy("fact", "reason"),
    "engine": pgettext_lazy("fact", "engine"),
    "error": pgettext_lazy("fact", "error"),
    "first": pgettext_lazy("fact", "first day"),
    "first_bad": pgettext_lazy("fact", "first that does not hold"),
    "format": pgettext_lazy("fact", "format"),
    "flagged": pgettext_lazy("fact", "flagged"),
    "gone": pgettext_lazy("fact", "gone from the board"),
    "kind": pgettext_lazy("fact", "kind"),
    "language": pgettext_lazy("fact", "language"),
    "last": pgettext_lazy("fact", "last day"),
    "media_cut": pgettext_lazy("fact", "media cut out"),
    "minutes": pgettext_lazy("fact", "minutes"),
    "needs": pgettext_lazy("fact", "needs"),
    "number": pgettext_lazy("fact", "number"),
    "ok": pgettext_lazy("fact", "holds"),
    "own": pgettext_lazy("fact", "one's own account"),
    "outcome": pgettext_lazy("fact", "outcome"),
    "page": pgettext_lazy("fact", "page"),
    "pages": pgettext_lazy("fact", "pages"),
    "posts": pgettext_lazy("fact", "posts"),
    "posts_new": pgettext_lazy("fact", "new posts"),
    "preset": pgettext_lazy("fact", "question"),
    "redacted": pgettext_lazy("fact", "redacted"),
    "requester": pgettext_lazy("fact", "requested by no."),
    "requests": pgettext_lazy("fact", "requests"),
    "requests_refused": pgettext_lazy("fact", "refused requests"),
    "role": pgettext_lazy("fact", "role"),
    "rule": pgettext_lazy("fact", "rule"),
    "run": pgettext_lazy("fact", "run"),
    "sightings": pgettext_lazy("fact", "sightings"),
    "source": pgettext_lazy("fact", "source"),
    "source_version": pgettext_lazy("fact", "source version"),
    "status": pgettext_lazy("fact", "status"),
    "unit": pgettext_lazy("fact", "unit"),
    "address": pgettext_lazy("fact", "address"),
    "against": pgettext_lazy("fact", "compared with version"),
    "all": pgettext_lazy("fact", "all that matched"),
    "asked": pgettext_lazy("fact", "asked of the site"),
    "asked_by": pgettext_lazy("fact", "asked for by"),
    "attested": pgettext_lazy("fact", "attested outside"),
    "because": pgettext_lazy("fact", "because"),
    "begins_at": pgettext_lazy("fact", "begins"),
    "bond": pgettext_lazy("fact", "link"),
    "brought_as": pgettext_lazy("fact", "brought as"),
    "campaign": pgettext_lazy("fact", "campaign"),
    "campaigns": pgettext_lazy("fact", "campaigns"),
    "captures": pgettext_lazy("fact", "captures"),
    "care": pgettext_lazy("fact", "chosen"),
    "cases": pgettext_lazy("fact", "cases"),
    "categories": pgettext_lazy("fact", "categories"),
    "cause": pgettext_lazy("fact", "cause"),
    "channel": pgettext_lazy("fact", "sent by"),
    "classes": pgettext_lazy("fact", "classes"),
    "compared": pgettext_lazy("fact", "compared"),
    "config": pgettext_lazy("fact", "proposed by file"),
    "contacts": pgettext_lazy("fact", "contacts looked up"),
    "coverage": pgettext_lazy("fact", "coverage"),
    "days": pgettext_lazy("fact", "days"),
    "declares_age": pgettext_lazy("fact", "declares an age"),
    "differing": pgettext_lazy("fact", "differing"),
    "directed_at": pgettext_lazy("fact", "people named"),
    "draft": pgettext_lazy("fact", "draft"),
    "ended": pgettext_lazy("fact", "ended"),
    "ends_at": pgettext_lazy("fact", "ends"),
    "expires": pgettext_lazy("fact", "expires"),
    "failed": pgettext_lazy("fact", "failed"),
    "faults": pgettext_lazy("fact", "faults"),
    "finished": pgettext_lazy("fact", "finished"),
    "follows": pgettext_lazy("fact", "follows somebody"),
    "found": pgettext_lazy("fact", "found"),
    "from": pgettext_lazy("fact", "from case"),
    "handle": pgettext_lazy("fact", "contact (tag)"),
    "held": pgettext_lazy("fact", "held"),
    "hosts": pgettext_lazy("fact", "hosts"),
    "into": pgettext_lazy("fact", "into case"),
    "keys": pgettext_lazy("fact", "keys"),
    "keys_off": pgettext_lazy("fact", "keys off"),
    "lead": pgettext_lazy("fact", "lead"),
    "leads": pgettext_lazy("fact", "leads"),
    "moved": pgettext_lazy("fact", "rules whose record moved"),
    "left": pgettext_lazy("fact", "left before"),
    "left_alone": pgettext_lazy("fact", "left alone"),
    "lexicons": pgettext_lazy("fact", "word lists"),
    "messages": pgettext_lazy("fact", "messages"),
    "note": pgettext_lazy("fact", "note"),
    "note_version": pgettext_lazy("fact", "note version"),
    "of": pgettext_lazy("fact", "of"),
    "on": pgettext_lazy("fact", "on"),
    "origin": pgettext_lazy("fact", "origin"),
    "https_only": pgettext_lazy("fact", "over https only"),
    "parameters": pgettext_lazy("fact", "parameters"),
    "overrides_robots": pgettext_lazy("fact", "reads what robots.txt excludes"),
    "owner": pgettext_lazy("fact", "owner"),
    "paths": pgettext_lazy("fact", "paths"),
    "proposed_by": pgettext_lazy("fact", "proposed by"),
    "proxy": pgettext_lazy("fact", "forward proxy"),
    "put": pgettext_lazy("fact", "put on"),
    "queries": pgettext_lazy("fact", "queries"),
    "query": pgettext_lazy("fact", "query"),
    "renewed": pgettext_lazy("fact", "renewed"),
    "same": pgettext_lazy("fact", "same verdict"),
    "search": pgettext_lazy("fact", "search"),
    "seconds": pgettext_lazy("fact", "seconds"),
    "shared": pgettext_lazy("fact", "shared with the unit"),
    "sighting": pgettext_lazy("fact", "sighting"),
    "size": pgettext_lazy("fact", "records"),
    "stage": pgettext_lazy("fact", "stage"),
    "stamped": pgettext_lazy("fact", "stamped"),
    "standing": pgettext_lazy("fact", "standing"),
    "start": pgettext_lazy("fact", "start addresses"),
    "taken_from": pgettext_lazy("fact", "taken over from"),
    "task": pgettext_lazy("fact", "task"),
    "texts": pgettext_lazy("fact", "texts tried"),
    "terms": pgettext_lazy("fact", "the site's terms"),
    "through": pgettext_lazy("fact", "up to record"),
    "to": pgettext_lazy("fact", "to"),
    "told": pgettext_lazy("fact", "told"),
    "trial": pgettext_lazy("fact", "trial"),
    "units": pgettext_lazy("fact", "keys destroyed"),
    "user_agent": pgettext_lazy("fact", "user agent"),
    "used": pgettext_lazy("fact", "used"),
    "valid_from": pgettext_lazy("fact", "valid from"),
    "valid_until": pgettext_lazy("fact", "valid until"),
    "limits": pgettext_lazy("fact", "limits"),
    "learns_floor": pgettext_lazy("fact", "learns its floor"),
    "floor": pgettext_lazy("fact", "floor"),
    "scopes": pgettext_lazy("fact", "may ask"),
    "every_minutes": pgettext_lazy("fact", "every so many minutes"),
    "starts": pgettext_lazy("fact", "begins"),
    "verdict": pgettext_lazy("fact", "verdict"),
    "answer": pgettext_lazy("fact", "answer"),
    "carried": pgettext_lazy("fact", "supervisor"),
    "ground": pgettext_lazy("fact", "rule by which refused"),
    "identified": pgettext_lazy("fact", "who asks"),
    "in_time": pgettext_lazy("fact", "in time"),
    "right": pgettext_lazy("fact", "asked for"),
    "counts_republic": pgettext_lazy("fact", "years of the Republic"),
}
"""By the name that the record gives it."""

VALUES: dict[str, str | Promise] = {
    "link": pgettext_lazy("sign-in", "link"),
    "password": pgettext_lazy("sign-in", "password"),
    "second factor": pgettext_lazy("sign-in", "second factor"),
    "token": pgettext_lazy("sign-in", "token"),
    "age": pgettext_lazy("sign-in", "too old"),
    "totp": pgettext_lazy("sign-in", "app code"),
    "recovery_codes": pgettext_lazy("sign-in", "recovery code"),
    "idle": pgettext_lazy("sign-in", "idleness"),
    "other browser": pgettext_lazy("sign-in", "another browser"),
    "review": pgettext_lazy("fact", "looks drawn for review"),
}
"""Words that are in no closed list."""

_CODE = {"command", "error", "needs", "page", "run", "rule", "source", "number"}
"""Their values are names: the same in every language."""


def facts(details: Mapping[str, Any]) -> list[SafeString | str]:
    """Name and value of each fact that is one word; a name that nobody translated is marked as English."""
    return [
        _fact(name, value)
        for name, value in details.items()
        if name not in UNTOLD and isinstance(value, str | int) and value != ""
    ]


def _fact(name: str, value: str | bool | int) -> SafeString | str:  # noqa: FBT001  (a record's value)
    said = _said(name, value)
    if name in NAMES:
        return format_html("{} {}", NAMES[name], said)
    if get_language() == "en":
        return escape(f"{name} {said}")
    return format_html('<span lang="en">{}</span> {}', name, said)


def _said(name: str, value: str | bool | int) -> str:  # noqa: FBT001  (a record's value)
    if isinstance(value, bool):
        return pgettext("fact", "yes") if value else pgettext("fact", "no")
    if name in _CODE:
        return str(value)
    if name == "verdict" and value in set(Verdict):
        return str(words.VERDICTS[Verdict(value)])
    if name == "preset" and value in words.PRESETS:
        return str(words.PRESETS[str(value)])
    return str(VALUES.get(str(value)) or words.label(value))
