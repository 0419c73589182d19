"""What to look at and for: the YAML of `config/` into the nouns of `patrol.models`.

Nothing here guesses. A name that nothing carries, a field that nothing knows
and a key that stands twice are faults, told with file, line and the nearest
name, all faults of all files at once.
"""

from patrol.config.report import Report, check, survey, survey_rules
from patrol.config.roles import read_roles
from patrol.config.rules import read_rule, read_rules
from patrol.config.sources import engine_names, read_source, read_sources

__all__ = [
    "Report",
    "check",
    "engine_names",
    "read_roles",
    "read_rule",
    "read_rules",
    "read_source",
    "read_sources",
    "survey",
    "survey_rules",
]
