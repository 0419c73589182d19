"""Columns that hold one word of a closed list."""

from enum import StrEnum
from typing import Any

from django.db import models


def word(kind: type[StrEnum], **options: Any) -> "models.CharField[Any, Any]":
    """A column for a word of `kind`; the database refuses none, the models of `patrol.models` do."""
    return models.CharField(
        max_length=32, choices=[(item.value, item.value) for item in kind], **options
    )
