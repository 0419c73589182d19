"""The nouns that travel between rooms: frozen, closed, and knowing pydantic and nothing else."""

from patrol.models.base import Model, Moment, Name, Titles
from patrol.models.flagging import Flagging, Handle, Match, Part, Span
from patrol.models.post import Capture, Post, PostedAt, Precision, ReadPage, ThreadLink
from patrol.models.record import Actor, Record
from patrol.models.rule import Examples, Hit, Lexicon, Miss, Rule, Term, Word
from patrol.models.source import Authorization, Scope, Source
from patrol.models.words import (
    Category,
    Channel,
    DismissReason,
    HandleKind,
    HandleRole,
    LeadKind,
    LeadStatus,
    Level,
    Outcome,
    Permission,
    Result,
    Role,
    Verb,
    Verdict,
)

__all__ = [
    "Actor",
    "Authorization",
    "Capture",
    "Category",
    "Channel",
    "DismissReason",
    "Examples",
    "Flagging",
    "Handle",
    "HandleKind",
    "HandleRole",
    "Hit",
    "LeadKind",
    "LeadStatus",
    "Level",
    "Lexicon",
    "Match",
    "Miss",
    "Model",
    "Moment",
    "Name",
    "Outcome",
    "Part",
    "Permission",
    "Post",
    "PostedAt",
    "Precision",
    "ReadPage",
    "Record",
    "Result",
    "Role",
    "Rule",
    "Scope",
    "Source",
    "Span",
    "Term",
    "ThreadLink",
    "Titles",
    "Verb",
    "Verdict",
    "Word",
]
