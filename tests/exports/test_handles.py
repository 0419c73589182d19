"""Contacts for other people's tools: in their formats, without a word of a post, and nothing is computed by a spreadsheet."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pymisp
import pytest
import stix2
from hypothesis import given
from hypothesis import strategies as st

from patrol.exports.handles import Format, Offered, Sheet, written
from patrol.models import HandleKind

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
REASON = "for the fraud squad"


def sheet(*handles: tuple[HandleKind, str]) -> Sheet:
    offered = [
        Offered(kind=kind, value=value, first_seen_at=AT, last_seen_at=AT, sightings=2)
        for kind, value in handles
    ]
    told = {"lead": 7, "unit": "巡查一隊", "mandate": "authorization:3", "made_at": AT}
    return Sheet(**told, handles=tuple(offered))


EVERY = sheet(*((kind, f"value-{kind.value}") for kind in HandleKind))


def test_stix_has_an_observation_of_each_and_refers_only_to_what_is_there() -> None:
    told = json.loads(written(EVERY, Format.STIX))
    objects = {one["id"]: one for one in told["objects"]}
    assert len(objects) == len(told["objects"])
    for one in objects.values():
        assert one["id"].startswith(f"{one['type']}--")
        assert one["spec_version"] == "2.1"
        for name in ("object_refs", "object_marking_refs"):
            assert set(one.get(name, ())) <= set(objects)
    kinds = [one["type"] for one in objects.values()]
    assert kinds.count("observed-data") == len(HandleKind)
    assert {"user-account", "email-addr", "url", "report", "identity"} <= set(kinds)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told["objects"][1]["created"])


def test_other_peoples_reader_of_stix_accepts_it() -> None:
    """OASIS's own, which knows every type, property and marking of the standard."""
    read = stix2.parse(written(EVERY, Format.STIX).decode(), allow_custom=False, version="2.1")
    assert len(read.objects) == len(json.loads(written(EVERY, Format.STIX))["objects"])
    assert {one.id for one in read.objects if one.type == "marking-definition"} == {
        stix2.TLP_AMBER.id
    }


def test_the_same_contact_has_the_same_stix_id_everywhere() -> None:
    """The example of STIX 2.1 section 2.9: ids follow from the contributing properties alone."""
    one = json.loads(written(sheet((HandleKind.LINE, "abc")), Format.STIX))
    other = sheet((HandleKind.LINE, "abc")).model_copy(update={"lead": 8, "unit": "巡查二隊"})
    ids = [
        [each["id"] for each in told["objects"] if each["type"] == "user-account"]
        for told in (one, json.loads(written(other, Format.STIX)))
    ]
    assert ids[0] == ids[1]


def test_misp_shares_with_nobody_by_itself() -> None:
    event = json.loads(written(EVERY, Format.MISP))["Event"]
    assert (event["distribution"], event["published"]) == ("0", False)
    assert [one["value"] for one in event["Attribute"]] == [one.value for one in EVERY.handles]
    assert not any(one["to_ids"] for one in event["Attribute"])


def test_other_peoples_reader_of_misp_accepts_it() -> None:
    event = pymisp.MISPEvent()
    event.load(json.loads(written(EVERY, Format.MISP)))
    known = event.describe_types["category_type_mappings"]
    assert len(event.attributes) == len(HandleKind)
    for one in event.attributes:
        assert one.type in known[one.category], (one.category, one.type)
        assert one.first_seen == AT
    assert [tag.name for tag in event.tags] == ["tlp:amber"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_no_cell_is_a_formula_and_every_cell_comes_back(value: str) -> None:
    told = written(sheet((HandleKind.LINE, value)), Format.CSV).decode()
    assert told.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(told[1:], newline="")))
    (cell,) = [row[2] for row in rows[1:]]
    assert not cell.lstrip().startswith(tuple("=+-@＝＋－＠"))
    assert not cell.startswith(("\t", "\r", "\n"))
    assert cell.removeprefix("'") == value.replace("\0", "⟦U+0000⟧") or cell == value


@pytest.mark.parametrize("form", Format)
def test_a_leads_offered_contacts_leave_and_no_word_of_it(
    house: Any, lead: int, form: Format
) -> None:
    from patrol.actions.disclosing import sharing
    from patrol.register.tables import LedgerRecord

    made = sharing.share(house.desk("mei"), lead, form, REASON)
    assert made.count == 1
    told = made.content.decode()
    assert "gull0042" in told
    for word in ("援交", "價格", "gull_author", REASON):
        assert word not in told
    record = json.loads(bytes(LedgerRecord.objects.latest("seq").body))
    assert (record["verb"], record["count"]) == ("handles.exported", 1)
    assert "gull0042" not in json.dumps(record)


def test_a_possible_victims_contacts_stay(house: Any, lead: int) -> None:
    from patrol.actions.disclosing import sharing
    from patrol.actions.disclosing.evidence import VictimStays
    from patrol.actions.triaging import triage
    from patrol.models import Verdict

    triage.decide(house.desk("mei"), lead, 3, Verdict.REFERRED, victim=True)
    with pytest.raises(VictimStays):
        sharing.share(house.desk("mei"), lead, Format.CSV, REASON)
