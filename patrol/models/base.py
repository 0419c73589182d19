"""What all nouns have in common: they are frozen, and they refuse what they do not know."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Model(BaseModel):
    """A noun. It never changes, and an unknown field is an error rather than a surprise."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
"""An instant, kept in UTC."""

NAME = r"^[a-z][a-z0-9_]{0,62}$"
Name = Annotated[str, StringConstraints(pattern=NAME)]
"""What code, YAML and addresses call a thing: `moto_forum`."""

Titles = dict[str, str]
"""A title per language, such as `{"en": ..., "zh-Hant": ...}`."""
