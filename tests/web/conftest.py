"""A planted register, and clients that are signed in."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_SPEC = importlib.util.spec_from_file_location("planting", Path(__file__).parent / "planting.py")
assert _SPEC is not None
assert _SPEC.loader is not None
planting: Any = importlib.util.module_from_spec(_SPEC)
sys.modules["planting"] = planting
_SPEC.loader.exec_module(planting)

Sign = Callable[[str], Any]


@pytest.fixture(autouse=True)
def _cold_limits(register: Path) -> None:
    """Rate limits count per process: each test begins with none spent."""
    from django.core.cache import caches

    for name in ("default", "near"):
        caches[name].clear()


@pytest.fixture
def garden(register: Path) -> Any:
    """The leads of the screenshots, in English pages."""
    return planting.plant(planting.SHOWN)


@pytest.fixture
def planted(register: Path) -> Callable[..., Any]:
    """`planted({"text": ...}, ...)` plants those posts and gives a client signed in as an officer."""
    from django.test import Client

    def plant(*told: dict[str, Any]) -> Any:
        garden = planting.plant([planting.Told(**one) for one in told])
        client = Client(SERVER_NAME="localhost")
        client.force_login(garden.people["mei"])
        return client

    return plant


@pytest.fixture
def visitor(register: Path) -> Any:
    """A client that is not signed in."""
    from django.test import Client

    return Client(SERVER_NAME="localhost", headers={"accept-language": "en"})


@pytest.fixture
def sign_in(garden: Any) -> Sign:
    """`sign_in("mei")` gives a client signed in as that account."""
    from django.test import Client

    def signed(account: str) -> Any:
        client = Client(SERVER_NAME="localhost")
        client.force_login(garden.people[account])
        return client

    return signed


@pytest.fixture
def break_log(register: Path) -> Callable[[], None]:
    """From then on the database refuses every record of the access log."""

    def refuse() -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TRIGGER refuse BEFORE INSERT ON ledger_record "
                "BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
            )

    return refuse


@pytest.fixture
def records(register: Path) -> Callable[..., list[Any]]:
    """Records of the log, oldest first: `records(verb=..., account=...)`."""

    def found(**wanted: str) -> list[Any]:
        from patrol.register.tables import LedgerIndex

        return list(LedgerIndex.objects.filter(**wanted).order_by("seq"))

    return found


@pytest.fixture
def second(garden: Any) -> Any:
    """Another auditor, added by the operator, who waits for the first one's word."""
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.models import Role

    operator = Desk.command_line()
    added = people.add(operator, "audit2", Role.AUDITOR, "巡查一隊", password=None, language="en")
    garden.people["audit2"] = added
    return added
