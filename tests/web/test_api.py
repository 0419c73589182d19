"""What programs may ask: by a token, scoped, ending, on record; everything that its description allows and forbids."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth

Sign = Callable[[str], Any]
Records = Callable[..., list[Any]]
PATHS = {
    "inbox:count": "/api/v1/inbox",
    "coverage:read": "/api/v1/coverage",
    "health:read": "/api/v1/health",
    "log:checkpoint": "/api/v1/log/checkpoint",
}
MAY = {
    "mei": {"inbox:count", "coverage:read"},
    "lin": {"inbox:count", "coverage:read"},
    "audit": {"inbox:count", "coverage:read", "log:checkpoint"},
    "root": {"inbox:count", "health:read"},
}
"""As `config/roles.yml` has it."""


@pytest.fixture
def made(garden: Any) -> Callable[..., str]:
    """A token of somebody, for all that they may ask unless told otherwise."""
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import tokens
    from patrol.models import TokenScope

    def make(account: str, *scopes: str, days: int = 30) -> str:
        desk = Desk.of(garden.people[account], origin="127.0.0.1")
        wanted = [TokenScope(scope) for scope in scopes] or list(tokens.may_have(desk))
        return tokens.make(desk, "monitor", wanted, days)

    return make


@pytest.fixture
def ask(register: Any) -> Callable[..., Any]:
    from django.test import Client

    def asked(path: str, token: str | None = None, **query: Any) -> Any:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return Client(SERVER_NAME="localhost").get(path, query, headers=headers)

    return asked


@pytest.mark.parametrize("account", MAY)
def test_each_role_is_told_what_it_may_and_every_asking_is_on_record(
    account: str, made: Callable[..., str], ask: Callable[..., Any], records: Records
) -> None:
    from patrol.register.checkpoints import sign_now

    token = made(account)
    sign_now()
    for scope, path in PATHS.items():
        answer = ask(path, token)
        assert answer.status_code == (200 if scope in MAY[account] else 403), scope
        assert answer.headers["Cache-Control"] == "no-store"
        assert b"goodjob77" not in answer.content
    found = {row.subject: row.result for row in records(verb="api.asked", account=account)}
    assert found == {
        f"api:{scope}": "allow" if scope in MAY[account] else "deny" for scope in PATHS
    }


def test_answers_say_what_the_pages_say(made: Callable[..., str], ask: Callable[..., Any]) -> None:
    from patrol.ledger.verifier import read_note
    from patrol.register.checkpoints import sign_now

    token = made("audit")
    signed = sign_now()
    assert signed is not None
    told = ask(PATHS["log:checkpoint"], token).json()
    assert (told["size"], read_note(told["note"], None).size) == (signed.size, signed.size)
    watched = ask(PATHS["coverage:read"], made("mei"), days=3).json()
    assert [one["name"] for one in watched["sources"]] == ["harbor"]
    health = ask(PATHS["health:read"], made("root")).json()
    assert (health["ready"], health["log_holds"]) == (True, True)
    assert ask(PATHS["inbox:count"], made("mei")).json()["unread"] >= 0


@pytest.mark.parametrize("token", [None, "", "patrol_x", "x" * 200, "é", "a b"])
def test_without_a_token_that_works_nothing_is_told(
    token: str | None, garden: Any, ask: Callable[..., Any], records: Records
) -> None:
    answer = ask(PATHS["coverage:read"], token)
    assert (answer.status_code, answer.json()["title"]) == (401, "This token does not work.")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert [row.result for row in records(verb="person.sign_in_failed")] == ["deny"]


def test_a_session_opens_nothing_here_and_a_token_nothing_else(
    sign_in: Sign, made: Callable[..., str], ask: Callable[..., Any]
) -> None:
    assert sign_in("mei").get(PATHS["inbox:count"]).status_code == 401
    token = made("mei")
    for page in ("/leads/", "/account/", "/leads/1/"):
        assert ask(page, token).status_code == 302


@pytest.mark.both_databases
def test_it_ends_by_time_by_revoking_and_with_its_person(
    garden: Any, made: Callable[..., str], ask: Callable[..., Any], sign_in: Sign
) -> None:
    from patrol.register.tables import ApiToken, Person

    path = PATHS["inbox:count"]
    first, second, third = made("mei"), made("mei"), made("mei", "inbox:count")
    assert ask(PATHS["coverage:read"], third).status_code == 403, "it was not made for that"
    row = ApiToken.objects.order_by("pk")[0]
    row.expires_at = row.made_at - timedelta(seconds=1)
    row.save()
    assert ask(path, first).status_code == 401
    number = ApiToken.objects.order_by("pk")[1].pk
    assert sign_in("lin").post(f"/account/tokens/{number}/revoke/").status_code == 404
    assert ask(path, second).status_code == 200
    assert sign_in("mei").post(f"/account/tokens/{number}/revoke/").status_code == 302
    assert ask(path, second).status_code == 401
    assert ask(path, third).status_code == 200
    Person.objects.filter(account="mei").update(role="admin")
    assert ask(PATHS["coverage:read"], made("lin")).status_code == 200
    Person.objects.filter(account="mei").update(is_active=False)
    assert ask(path, third).status_code == 401


def test_it_may_never_do_more_than_its_person_may_now(
    made: Callable[..., str], ask: Callable[..., Any]
) -> None:
    from patrol.register.tables import Person

    token = made("audit")
    Person.objects.filter(account="audit").update(role="officer")
    assert ask(PATHS["log:checkpoint"], token).status_code == 403


@pytest.mark.both_databases
def test_it_is_shown_once_and_kept_as_a_hash(garden: Any, sign_in: Sign, ask: Any) -> None:
    from patrol.register.tables import ApiToken, LedgerRecord

    mei = sign_in("mei")
    page = mei.post("/account/tokens/", {"label": "wall", "scopes": "inbox:count", "days": "7"})
    text = page.content.decode()
    token = text.partition('<code class="token">')[2].partition("</code>")[0]
    assert token.startswith("patrol_")
    assert page.headers["Cache-Control"] == "no-store"
    assert ask(PATHS["inbox:count"], token).status_code == 200
    assert token not in mei.get("/account/tokens/").content.decode()
    row = ApiToken.objects.get()
    assert token not in json.dumps(row.__dict__, default=str)
    assert not [one for one in LedgerRecord.objects.all() if token.encode() in bytes(one.body)]


@pytest.mark.parametrize(
    "form",
    [
        {"label": "", "scopes": "inbox:count", "days": "7"},
        {"label": "x", "days": "7"},
        {"label": "x", "scopes": "log:checkpoint", "days": "7"},
        {"label": "x", "scopes": "leads:read", "days": "7"},
        {"label": "x", "scopes": "inbox:count", "days": "91"},
        {"label": "x", "scopes": "inbox:count", "days": "7", "person": "1"},
    ],
)
def test_a_token_for_more_is_refused(form: dict[str, str], garden: Any, sign_in: Sign) -> None:
    from patrol.register.tables import ApiToken

    assert sign_in("mei").post("/account/tokens/", form).status_code == 400
    assert not ApiToken.objects.exists()


def test_who_has_a_password_shows_it_again_before_making_one(garden: Any, sign_in: Sign) -> None:
    person = garden.people["mei"]
    client = sign_in("mei")
    person.set_password("a long enough sentence")
    person.save()
    client.force_login(person)
    answer = client.post("/account/tokens/", {"label": "x", "scopes": "inbox:count", "days": "7"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/reauthenticate/")


def test_what_cannot_be_recorded_is_not_told(
    made: Callable[..., str], ask: Callable[..., Any], break_log: Callable[[], None]
) -> None:
    token = made("mei")
    break_log()
    for path in (PATHS["inbox:count"], PATHS["coverage:read"]):
        answer = ask(path, token)
        assert (answer.status_code, "sources" in answer.json()) == (503, False)
    assert ask(PATHS["inbox:count"], "patrol_wrong").status_code == 503


def test_who_asks_too_often_waits(made: Callable[..., str], ask: Callable[..., Any]) -> None:
    from patrol.web.api import asked

    token, path = made("mei"), PATHS["inbox:count"]
    codes = [ask(path, token).status_code for _ in range(asked.PER_MINUTE + 1)]
    assert codes == [200] * asked.PER_MINUTE + [429]
    wrong = [ask(path, "patrol_guess").status_code for _ in range(asked.WRONG_PER_MINUTE + 1)]
    assert wrong == [401] * asked.WRONG_PER_MINUTE + [429]


@pytest.mark.parametrize("account", [*MAY, None])
def test_everything_that_its_description_allows_and_forbids(
    account: str | None,
    made: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Schemathesis, as each role and as nobody: no fault of ours, no answer that is not described, no bad question answered."""
    from django.core.wsgi import get_wsgi_application

    from patrol.register.checkpoints import sign_now
    from patrol.web.api import asked

    monkeypatch.setattr(asked, "PER_MINUTE", 100_000)
    monkeypatch.setattr(asked, "WRONG_PER_MINUTE", 100_000)
    token = made(account or "mei")
    sign_now()
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    if account:
        schema.auth()(_bearer(token))
    statuses: set[int] = set()

    def judged(case: Any) -> None:
        case.headers = {**(case.headers or {}), "Accept-Encoding": "identity"}
        answer = case.call()
        statuses.add(answer.status_code)
        case.validate_response(answer, excluded_checks=[] if account else [ignored_auth])

    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        strategy = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        strategy |= operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
        settings(max_examples=15, suppress_health_check=list(HealthCheck))(
            given(case=strategy)(judged)
        )()
    assert statuses <= ({200, 400, 401, 403, 405} if account else {401, 405})
    assert (200 in statuses) is bool(account)


def _bearer(token: str) -> type:
    class Bearer:
        def get(self, _case: Any, _context: Any) -> str:
            return token

        def set(self, case: Any, data: str, _context: Any) -> None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}

    return Bearer
