"""Evidence and pages say what of a capture is a forward proxy's word."""

from typing import Any

import pytest

from patrol.models import Proxied
from tests.exports.test_evidence import AGREED, around, export, files


@pytest.mark.parametrize("ours", [("198.51.100.9",), ()])
def test_what_is_a_forward_proxys_word_is_said_wherever_the_capture_is(
    house: Any, lead: int, ours: tuple[str, ...]
) -> None:
    from django.utils import timezone

    from patrol.register.tables import RunRow, Sighting

    RunRow.objects.update(ended_at=timezone.now(), outcome="ok")
    begun = house.begin()
    page = house.page(("p11", "找援交的加賴 plover0078，今晚可約"))
    way = Proxied(proxy="proxy.example:3128", address="192.0.2.200", looked_up=ours)
    capture = page.capture.model_copy(update={"proxied": way, "tls": AGREED})
    house.keeper(begun).keep(page.model_copy(update={"capture": capture}))
    sighting = Sighting.objects.exclude(lead=lead).latest("pk")
    report = files(export(house, sighting.lead_id).content)["report.txt"].decode()
    assert "proxy.example:3128 (192.0.2.200)" in report
    shown_there = around(house, sighting)
    assert "by the forward proxy proxy.example:3128 (192.0.2.200)" in shown_there
    assert "Answered by" not in shown_there
    for text in (report, shown_there):
        assert ("198.51.100.9" in text) is bool(ours)
        assert ("looked up by the proxy alone" in text) is not bool(ours)
