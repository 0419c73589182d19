"""A process that serves pages has read what they need before anybody asks."""

import gc
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def thawed() -> Any:
    """What a test froze is collected again after it."""
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("thawed")
def test_officers_pages_read_no_template_after_it(
    register: Path, garden: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.template import engines
    from django.test import Client

    from patrol.web.warm import warm

    engine: Any = engines["django"]
    engine.engine.template_loaders[0].reset()
    assert warm() > 60
    assert gc.get_freeze_count() > 10_000

    def read(self: Any, origin: Any) -> str:
        raise AssertionError(f"{origin.name} is read while somebody waits")

    from django.template.loaders.filesystem import Loader

    monkeypatch.setattr(Loader, "get_contents", read)
    client = Client(SERVER_NAME="localhost")
    client.force_login(garden.people["mei"])
    from patrol.register.tables import Lead

    lead = Lead.objects.exclude(kind="possible_victim").first()
    assert lead is not None
    for address in ("/leads/", f"/leads/{lead.pk}/"):
        assert client.get(address).status_code == 200
