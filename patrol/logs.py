"""Operational logs: JSON lines on standard error. Never the words of a post, a query or an author."""

import logging
import sys

import structlog

from patrol.settings import Settings


def configure(settings: Settings) -> None:
    """Send this process's logs to standard error, from `PATROL_LOG_LEVEL` on. Standard output is for data."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
