"""A document into a noun: pydantic judges the values, this says where and what instead."""

from collections.abc import Iterator
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from patrol.config import faults
from patrol.config.document import Document, Step
from patrol.errors import PatrolError
from patrol.models.base import NAME
from patrol.models.source import ADDRESS

M = TypeVar("M", bound=BaseModel)

LANGUAGES = frozenset({"en", "zh-Hant"})
"""Of titles: those that the pages are translated into."""

SAID = {
    "int_parsing": "it should be a whole number",
    "int_from_float": "it should be a whole number",
    "int_type": "it should be a whole number",
    "float_parsing": "it should be a number",
    "float_type": "it should be a number",
    "bool_parsing": "it should be true or false",
    "bool_type": "it should be true or false",
    "string_type": "it should be words; quote them if they hold a colon",
    "too_short": "it needs at least one",
    "tuple_type": "it should be a list, such as [one, two]",
    "dict_type": "it should be fields, such as {one: ..., two: ...}",
    "model_type": "it should be fields, such as {one: ..., two: ...}",
    "date_from_datetime_parsing": "it should be a day of the calendar, such as 2027-06-30",
    "date_from_datetime_inexact": "it should be a day without an hour, such as 2027-06-30",
    "date_type": "it should be a day, such as 2027-06-30",
    "greater_than_equal": "it should be at least {ge}",
    "less_than_equal": "it should be at most {le}",
    "less_than": "it should be less than {lt}",
    "string_too_short": "it must not be empty",
    "string_too_long": "it should have at most {max_length} characters",
}
"""Pydantic's sentences speak of Python; these speak of the file."""
PATTERNS = {
    NAME: "it should be lower-case letters, digits and `_`, a letter first",
    ADDRESS: "it should be an address, such as https://board.example/list, without a name and a password in it",
}
"""The same of what a word must look like."""


def noun(model: type[M], document: Document, problems: list[PatrolError], **given: Any) -> M | None:
    """The noun that a document holds, or None after adding every fault of it to `problems`.

    `given` are fields that the file must not carry itself, such as its name.
    """
    written = [field for field in given if field in document.values]
    problems += [faults.NamedByFile(document.where_key(field), field) for field in written]
    titles = document.values.get("title")
    problems += [
        faults.UnknownField(document.where_key("title", language), language, LANGUAGES)
        for language in (titles if isinstance(titles, dict) else ())
        if language not in LANGUAGES
    ]
    try:
        made = model.model_validate({**document.values, **given})
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems += _faults(model, document, found)
        return None
    return None if written else made


def _faults(
    model: type[BaseModel], document: Document, found: list[ErrorDetails]
) -> Iterator[PatrolError]:
    """One fault each, in the order of the file. A misspelt field is not told again as missing."""
    missing = {one["loc"] for one in found if one["type"] == "missing"}
    meant = set()
    for one in found:
        if one["type"] == "extra_forbidden":
            *around, field = one["loc"]
            near = faults.nearest(
                str(field), {str(loc[-1]) for loc in missing if [*loc[:-1]] == around}
            )
            meant.add((*around, near))
    inside = {one["loc"][:step] for one in found for step in range(1, len(one["loc"]))}
    kept = [
        one
        for one in found
        if not (one["type"] == "missing" and one["loc"] in meant)
        and not (one["type"] == "too_short" and one["loc"] in inside)
    ]
    kept.sort(key=lambda one: document.place(*one["loc"]))
    return (_fault(model, document, one) for one in kept)


def _fault(model: type[BaseModel], document: Document, one: ErrorDetails) -> PatrolError:
    loc = tuple(step for step in one["loc"] if step != "[key]")
    field = _name(loc)
    around = _model_at(model, loc[:-1])
    if one["type"] == "extra_forbidden":
        known = set(around.model_fields) - {"name"} if around else set()
        return faults.UnknownField(document.where_key(*loc), field, known)
    meaning = _meaning(around, loc[-1:])
    if one["type"] == "missing":
        return faults.MissingField(document.where(*loc), field, meaning)
    if one["type"] in {"enum", "literal_error"}:
        known = {
            word.strip(" '") for word in one["ctx"]["expected"].replace(" or ", ",").split(",")
        }
        several = isinstance(loc[-1], int)
        return faults.UnknownChoice(
            document.where(*loc), field, str(one["input"]), known, several=several
        )
    if one["type"] == "value_error":
        return faults.Contradiction(document.where(*loc), str(one["ctx"]["error"]))
    where = document.where_key(*loc) if "[key]" in one["loc"] else document.where(*loc)
    said = SAID.get(one["type"], one["msg"][0].lower() + one["msg"][1:])
    if one.get("ctx", {}).get("pattern") in PATTERNS:
        said = PATTERNS[one["ctx"]["pattern"]]
    for fact, value in one.get("ctx", {}).items():
        said = said.replace(f"{{{fact}}}", str(value))
    return faults.BadValue(where, field, said, meaning)


def _name(loc: tuple[Step, ...]) -> str:
    """The last step that has a name; a place in a list has only a number."""
    return next((step for step in reversed(loc) if isinstance(step, str)), "the file")


def _meaning(model: type[BaseModel] | None, last: tuple[Step, ...]) -> str | None:
    """What the noun itself says of the field, as one sentence for people who write YAML."""
    info = model.model_fields.get(str(*last)) if model and last else None
    return " ".join(info.description.split()) if info and info.description else None


def _model_at(model: type[BaseModel], steps: tuple[Step, ...]) -> type[BaseModel] | None:
    """The model that the steps lead to, through lists and mappings."""
    kind: Any = model
    for step in steps:
        kind = _without_none(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if str(step) not in kind.model_fields:
                return None
            kind = kind.model_fields[str(step)].annotation
        else:
            inside = [part for part in get_args(kind) if part is not Ellipsis]
            kind = inside[-1] if inside else None
    kind = _without_none(kind)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, UnionType):
        return next(part for part in get_args(kind) if part is not type(None))
    return kind
