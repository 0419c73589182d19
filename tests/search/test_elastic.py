"""What only the index in Elasticsearch promises: its names, its answers, its refusals."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patrol.errors import BadInput
from patrol.models import LeadKind, Precision
from patrol.search import IndexAway, PostIndex, Query, mapping, open_index
from patrol.search.bulk import Bulk, put
from patrol.search.cluster import Cluster
from patrol.search.mapping import FORM
from patrol.search.tokens import spaced
from patrol.settings import BadSetting, Settings
from tests.elastic.node import versions
from tests.plugins.elastic import Nodes
from tests.search.conftest import NOON, Elastic, MakePost

pytestmark = pytest.mark.elastic


@pytest.fixture(params=versions())
def elastic(
    request: pytest.FixtureRequest, tmp_path: Path, elastic_nodes: Nodes
) -> Iterator[Elastic]:
    backend = Elastic(tmp_path, elastic_nodes(request.param))
    yield backend
    backend.clear()


@pytest.fixture
def index(elastic: Elastic) -> Iterator[PostIndex]:
    opened = elastic.open(writer=True)
    yield opened
    opened.close()


def names(elastic: Elastic) -> dict[str, set[str]]:
    """Indices, each with its aliases."""
    with Cluster(elastic.settings).asked() as client:
        found = client.indices.get_alias(index=f"{elastic.settings.search_name}-*").body
    return {name: set(each["aliases"]) for name, each in found.items()}


def test_a_month_is_an_index_behind_aliases(
    index: PostIndex, elastic: Elastic, post: MakePost
) -> None:
    begin = f"{elastic.settings.search_name}-{FORM}"
    index.put([post(1)])
    first = f"{begin}-2026-11.0001"
    assert names(elastic) == {first: {begin, f"{begin}-2026-11"}}
    index.forget(["post:1"])
    assert names(elastic)[first] == {begin, f"{begin}-2026-11", f"{begin}-stale"}
    index.replace("2026-11", [post(2)])
    assert names(elastic) == {f"{begin}-2026-11.0002": {begin, f"{begin}-2026-11"}}


def test_no_answer_holds_words(index: PostIndex, elastic: Elastic, post: MakePost) -> None:
    index.put([post(1, "zebraquartz in the harbour")])
    family = f"{elastic.settings.search_name}-{FORM}"
    with Cluster(elastic.settings).asked() as client:
        whole = client.search(
            index=family, body={"stored_fields": ["*"], "_source": True, "fields": ["source"]}
        )
        got = client.get(index=f"{family}-2026-11", id="post:1")
    assert whole["hits"]["total"]["value"] == 1
    assert "moto_forum" in json.dumps([whole.body, got.body]), "the scan finds what is kept"
    assert "zebraquartz" not in json.dumps([whole.body, got.body])


def test_unknown_field_is_refused_for_good_and_the_others_are_put(
    index: PostIndex, elastic: Elastic, post: MakePost
) -> None:
    index.put([post(1)])
    known, _ = mapping.document(post(2), "words")
    other = known[:-1] + b',"surprise":"secret"}'
    bulk = Bulk(
        Cluster(elastic.settings), f"{elastic.settings.search_name}-{FORM}-2026-11", alias=True
    )
    outcome = bulk.send([put("post:3", other), put("post:2", known)])
    assert outcome.changed == 1
    assert [(each.id, each.for_good) for each in outcome.refused] == [("post:3", True)]
    assert "surprise" in outcome.refused[0].reason


@given(precision=st.sampled_from(Precision), text=st.text(max_size=40), score=st.integers(0, 100))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_document_has_a_field_that_the_mapping_lacks(
    post: MakePost, precision: Precision, text: str, score: int
) -> None:
    made = post(1, text, precision=precision, score=score, rules=("a_rule",), handles=("tag",))
    document, tokens = mapping.document(made, spaced(text))
    read = json.loads(document)
    assert read.keys() <= mapping.MAPPING["properties"].keys()
    assert read["tokens"] == tokens == len(read["text"].split())
    source = {name: read[name] for name in mapping.MAPPING["_source"]["includes"]}
    assert mapping.kept(source) == made.model_copy(update={"text": ""})


def test_reason_of_a_refusal_holds_no_words(
    index: PostIndex, elastic: Elastic, post: MakePost
) -> None:
    """A poisoned document: a rule's name that no index takes. Elasticsearch quotes such values."""
    refused = index.put([post(1, rules=("zebra" * 10_000,)), post(2)])
    assert [(each.id, each.for_good) for each in refused] == [("post:1", True)]
    assert "in the field rules" in refused[0].reason
    assert "zebra" not in refused[0].reason
    assert [item.id for item in index.search(Query()).items] == ["post:2"]


def test_index_that_was_wiped_is_made_again_with_its_mapping(
    index: PostIndex, elastic: Elastic, post: MakePost
) -> None:
    """Nothing is put into an index that Elasticsearch made up by itself."""
    index.put([post(1)])
    elastic.clear()
    assert [each.for_good for each in index.put([post(2)])] == [False]
    assert index.put([post(2)]) == []
    with Cluster(elastic.settings).asked() as client:
        made = client.indices.get_mapping(index=f"{elastic.settings.search_name}-{FORM}").body
    assert all(each["mappings"]["dynamic"] == "strict" for each in made.values())


def test_what_a_killed_builder_left_is_cleared_away(elastic: Elastic, post: MakePost) -> None:
    index = elastic.open(writer=True)
    index.put([post(1)])
    index.close()
    with Cluster(elastic.settings).asked() as client:
        client.indices.create(index=f"{elastic.settings.search_name}-{FORM}-2026-11.0002")
    elastic.open(writer=False)
    assert len(names(elastic)) == 2, "a reader changes nothing"
    index = elastic.open(writer=True)
    assert len(names(elastic)) == 1
    assert index.search(Query()).total == 1
    index.close()


@pytest.fixture
def catch_all(elastic: Elastic) -> Iterator[str]:
    """A template for every index, as clusters have it. No other index is made in the meantime."""
    name = f"all-{elastic.settings.search_name}"
    settings = {"max_result_window": 7, "number_of_replicas": 3}
    with Cluster(elastic.settings).asked() as client:
        client.indices.put_index_template(
            name=name,
            index_patterns=["*"],
            priority=500,
            template={"settings": settings, "mappings": {"properties": {"theirs": {"type": "ip"}}}},
        )
        yield name
        client.indices.delete_index_template(name=name)


@pytest.mark.usefixtures("catch_all")
def test_nothing_of_a_template_for_every_index_gets_into_ours(
    index: PostIndex, elastic: Elastic, post: MakePost
) -> None:
    assert index.put([post(1)]) == []
    name = f"{elastic.settings.search_name}-{FORM}-2026-11.0001"
    with Cluster(elastic.settings).asked() as client:
        made = client.indices.get(index=name)[name]
    assert "theirs" not in made["mappings"]["properties"]
    assert "max_result_window" not in made["settings"]["index"]
    assert made["settings"]["index"]["auto_expand_replicas"] == "0-1"


def test_a_template_that_ranks_higher_leaves_the_mapping_strict(
    index: PostIndex, elastic: Elastic, catch_all: str, post: MakePost
) -> None:
    with Cluster(elastic.settings).asked() as client:
        client.indices.put_index_template(
            name=catch_all, index_patterns=[f"{elastic.settings.search_name}-*"], priority=2_000
        )
        assert index.put([post(1)]) == []
        (made,) = client.indices.get(index=f"{elastic.settings.search_name}-{FORM}").body.values()
    assert made["mappings"]["dynamic"] == "strict"
    assert made["settings"]["index"]["translog"]["durability"] == "request"


@pytest.mark.parametrize("replicas", ["2", "0-all"])
def test_parts_and_copies_are_as_set_and_answers_the_same(
    elastic: Elastic, post: MakePost, replicas: str
) -> None:
    """From the next index on: a rebuild makes them anew."""
    one = elastic.open(writer=True)
    one.put([post(number) for number in range(1, 41)])
    first = one.search(Query(limit=10))
    one.close()
    wider = elastic.settings.model_copy(update={"search_shards": 3, "search_replicas": replicas})
    index = open_index(wider, writer=True)
    assert index.replace("2026-11", [post(number) for number in range(1, 41)]) == []
    family = f"{elastic.settings.search_name}-{FORM}"
    with Cluster(elastic.settings).asked() as client:
        (made,) = client.indices.get_settings(index=family, flat_settings=True).body.values()
        parts: Any = client.cat.shards(index=family, format="json", h="prirep,docs").body
    assert made["settings"]["index.number_of_shards"] == "3"
    key = "index.number_of_replicas" if replicas == "2" else "index.auto_expand_replicas"
    assert made["settings"][key] == replicas
    primaries = [int(each["docs"]) for each in parts if each["prirep"] == "p"]
    assert len(primaries) == 3, "one post after the other is in one of three parts"
    assert sum(primaries) == 40
    assert all(primaries)
    found = index.search(Query(limit=10))
    assert [item.id for item in found.items] == [item.id for item in first.items]
    assert (found.total, found.next) == (first.total, first.next)
    assert index.forget([f"post:{number}" for number in range(1, 41, 2)]) == 20
    assert index.search(Query()).total == 20
    index.close()


@pytest.mark.parametrize("replicas", ["-1", "1-0", "many", "0-", "12"])
def test_copies_that_are_no_number_are_refused(tmp_path: Path, replicas: str) -> None:
    with pytest.raises(BadSetting, match="PATROL_SEARCH_REPLICAS: "):
        Settings(home=tmp_path, search_replicas=replicas)


def test_templates_of_an_older_form_are_cleared_away(elastic: Elastic, post: MakePost) -> None:
    name = elastic.settings.search_name
    with Cluster(elastic.settings).asked() as client:
        for each in (f"{name}-v1", f"{name}-vx"):
            client.indices.put_index_template(name=each, index_patterns=[f"{each}-*"])
        index = elastic.open(writer=True)
        index.put([post(1)])
        index.close()
        told = client.indices.get_index_template(name=f"{name}-*")["index_templates"]
    assert {each["name"] for each in told} == {f"{name}-{FORM}", f"{name}-vx"}


def test_blocked_index_means_later_and_ends_by_itself(
    index: PostIndex, elastic: Elastic, post: MakePost
) -> None:
    """As above the flood stage of a disk."""
    index.put([post(1)])
    family = f"{elastic.settings.search_name}-{FORM}"
    with Cluster(elastic.settings).asked() as client:
        client.indices.put_settings(index=family, settings={"blocks.read_only_allow_delete": True})
        refused = index.put([post(2), post(1, "other")])
        assert {(each.id, each.for_good) for each in refused} == {
            ("post:1", False),
            ("post:2", False),
        }
        assert index.search(Query()).total == 1
        client.indices.put_settings(index=family, settings={"blocks.read_only_allow_delete": None})
    assert index.put([post(2)]) == []


def test_described(index: PostIndex, elastic: Elastic) -> None:
    said = index.described()
    assert said.startswith("Elasticsearch ")
    assert "1 nodes" not in said
    assert elastic.settings.search_url.removeprefix("http://") in said


def test_possible_victims_words_never_leave(
    index: PostIndex, elastic: Elastic, post: MakePost, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        index.put([post(1, "", kind=LeadKind.POSSIBLE_VICTIM, category=None, seen_at=NOON)])
    assert index.search(Query()).total == 0


@pytest.mark.parametrize("url", ["index.example", "ftp://index.example", "http://", "http://h:x/"])
def test_address_that_is_none_is_told(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadInput, match="PATROL_SEARCH_URL"):
        open_index(Settings(home=tmp_path, search_url=url))


def test_secrets_are_not_told(tmp_path: Path) -> None:
    """Nobody listens on that port."""
    url = "http://me:secret@127.0.0.1:9"
    settings = Settings(home=tmp_path, search_url=url, search_key="")
    with pytest.raises(IndexAway, match="unavailable since") as told:
        open_index(settings).search(Query())
    assert "secret" not in str(told.value)
    assert told.value.exit_code == 75


def test_one_since_for_all_processes_until_it_is_back(tmp_path: Path, elastic: Elastic) -> None:
    away = Settings(home=tmp_path, search_url="http://127.0.0.1:9")
    said: list[Any] = []
    for _ in range(2):
        with pytest.raises(IndexAway) as told:
            open_index(away).search(Query())
        said.append(told.value.what)
    assert said[0] == said[1]
    assert (tmp_path / "index" / "away").exists()
    elastic.open(writer=False).search(Query())
    assert not (tmp_path / "index" / "away").exists()
