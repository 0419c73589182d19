"""What every page needs, read before anybody waits for it.

A process that just began answered its first page a second late: templates,
words of two languages and tables for folding are read when they are first
asked for. What lives as long as the process is then left out of the
collection of garbage, which would look through all of it again and again.
"""

import gc
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from pipelines.fold import fold_all

TEMPLATES = Path(__file__).parent / "templates"
FIRST = (
    "base.html",
    "queue.html",
    "lead.html",
    "search.html",
    "changed.html",
    "forewarned.html",
    "fault.html",
)
"""What officers open all day, with what they stand in and all parts of pages."""


def warm() -> int:
    """Read it. Returns how many templates there were."""
    parts = sorted(f"parts/{file.name}" for file in (TEMPLATES / "parts").glob("*.html"))
    for name in (*FIRST, *parts):
        get_template(name)
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("Leads")
    fold_all(["warm"])
    gc.collect()
    gc.freeze()
    return len(FIRST) + len(parts)
