"""The description of the API (OpenAPI 3.1), made from one table and the shapes of the answers."""

from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

from patrol.models import Model, TokenScope
from patrol.web.api.answers import (
    CheckpointAnswer,
    CoverageAnswer,
    HealthAnswer,
    InboxAnswer,
    Problem,
)

PREFIX = "/api/v1"
_DAYS = {
    "name": "days",
    "in": "query",
    "required": False,
    "description": "So many days, today the last of them.",
    "schema": {"type": "integer", "minimum": 1, "maximum": 90, "default": 7},
}


class Operation(NamedTuple):
    """What may be asked at an address."""

    path: str
    name: str
    scope: TokenScope
    answer: type[Model]
    says: str
    parameters: tuple[dict[str, Any], ...] = ()
    statuses: tuple[int, ...] = ()
    """Beside those that every address may answer."""


OPERATIONS = (
    Operation("/inbox", "inbox", TokenScope.INBOX, InboxAnswer, "How much waits for whoever made the token."),
    Operation("/coverage", "coverage", TokenScope.COVERAGE, CoverageAnswer, "What was read of each source in the last days, and what was not seen.", (_DAYS,)),
    Operation("/health", "health", TokenScope.HEALTH, HealthAnswer, "Whether the workbench is well."),
    Operation("/log/checkpoint", "checkpoint", TokenScope.CHECKPOINT, CheckpointAnswer, "The last checkpoint of the access log, to be kept elsewhere.", (), (404,)),
)  # fmt: skip
_STATUSES = {
    400: "A parameter cannot be read",
    401: "No token, or one that does not work",
    403: "The token, or its person's role, may not ask this",
    404: "There is nothing yet",
    429: "Asked too often",
    503: "The register or the access log cannot be written: nothing is told without a record",
}
_USUAL = (400, 401, 403, 429, 503)
_REF = "#/components/schemas/"


@cache
def described() -> dict[str, Any]:
    """The document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Patrol",
            "version": version("patrol"),
            "description": "Counts, coverage, health and checkpoints, read only. Never a word of a lead. "
            "Every asking is a look: it stands in the access log under the person who made the token.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {f"{PREFIX}{one.path}": {"get": _operation(one)} for one in OPERATIONS},
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made on the account's page by a person for themself; shown once, scoped, over after 90 days at most.",
                }
            },
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": f"{_REF}Problem"}}}
    bad = {
        str(status): {"description": _STATUSES[status], "content": problem}
        for status in sorted({*_USUAL, *one.statuses})
    }
    good = {"application/json": {"schema": {"$ref": f"{_REF}{one.answer.__name__}"}}}
    return {
        "operationId": one.name,
        "summary": one.says,
        "description": f"Needs a token with the scope `{one.scope}`.",
        "parameters": list(one.parameters),
        "responses": {"200": {"description": one.says, "content": good}, **bad},
    }


def _schemas() -> dict[str, Any]:
    found: dict[str, Any] = {}
    models: list[type[Model]] = [*(one.answer for one in OPERATIONS), Problem]
    for model in models:
        schema = model.model_json_schema(mode="serialization", ref_template=_REF + "{model}")
        found |= schema.pop("$defs", {})
        found[model.__name__] = schema
    return found
