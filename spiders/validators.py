"""Which pages may be asked for on the condition that they changed, and what has to hold for that.

A validator is kept of a page that was read and kept whole, and of a list only
where nothing is left to be read behind it. It is believed for as long as
everything is the same that decides how a page is read.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version

from patrol.models import Outcome, Validator
from spiders.capture import Received
from spiders.job import Job
from spiders.reading import Reading

LONGEST_ADDRESS = 500
"""Characters of an address that is kept."""

_LONGEST_TAG = 150
_TAG = re.compile(r'(?:W/)?"[!#-~]*"')
"""An entity tag, weak or strong (RFC 9110 section 8.8.3)."""
_SAME_SECOND = timedelta(minutes=1)
"""A page that changed so shortly before it was read may change again within what its date can tell."""


def basis(job: Job, engine: str) -> str:
    """Hash of what decides how pages are read: the program, the engine, the configuration, how the site is met."""
    age = job.authorization.age_declaration
    decides = {
        "program": version("patrol"),
        "engine": engine,
        "source": job.source.model_dump(mode="json"),
        "age": None if age is None else age.model_dump(mode="json"),
        "agent": job.authorization.conduct.user_agent.value,
    }
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


def believed(job: Job, engine: str | None) -> dict[str, Validator]:
    """The validators by which this run may ask, by address. A page that draws itself has more parts than one."""
    if engine is None or job.source.browser or not job.validators:
        return {}
    now = basis(job, engine)
    return {url: one for url, one in job.validators.items() if one.basis == now}


def conditions(one: Validator) -> dict[str, str]:
    """Headers by which a page is asked for only if it changed."""
    told = {"If-None-Match": one.etag, "If-Modified-Since": one.last_modified}
    return {name: value for name, value in told.items() if value}


def validator_of(
    received: Received, reading: Reading, following: Mapping[str, str | None], basis: str
) -> Validator | None:
    """What may be kept of a page that was kept; None where it was not read whole, or says nothing to rely on."""
    capture = received.capture
    if not _is_plain(received, reading) or reading.maps:
        return None
    if not (reading.posts or reading.threads):
        return None
    etag = _etag(capture.headers)
    last_modified = _last_modified(capture.headers, capture.fetched_at)
    addresses = [url for url in following.values() if url]
    if not (etag or last_modified) or any(len(url) > LONGEST_ADDRESS for url in addresses):
        return None
    return Validator(
        basis=basis, kind=reading.kind, etag=etag, last_modified=last_modified, **following
    )


def is_entire(received: Received, reading: Reading) -> bool:
    """Whether what is not on the page as it was read is not on the board's page either."""
    return reading.entire and _is_plain(received, reading)


def _is_plain(received: Received, reading: Reading) -> bool:
    """Whether it came whole, from where it was asked for, and nothing on it was left unread."""
    capture = received.capture
    whole = reading.outcome is Outcome.OK and not reading.detail and not received.trouble
    return whole and capture.status == 200 and len(capture.hops) <= 1


def _etag(headers: Mapping[str, str]) -> str | None:
    tag = headers.get("etag", "").strip()
    return tag if len(tag) <= _LONGEST_TAG and _TAG.fullmatch(tag) else None


def _last_modified(headers: Mapping[str, str], fetched_at: datetime) -> str | None:
    """The date, if a later change shows in it: it counts seconds (RFC 9110 section 8.8.2.2)."""
    said = headers.get("last-modified", "").strip()
    changed, asked = _moment(said), _moment(headers.get("date", "")) or fetched_at
    return said if changed is not None and changed + _SAME_SECOND <= asked else None


def _moment(words: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(words)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
