"""An index per back-end, and invented posts to put into it."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest

from patrol.models import Category, Channel, LeadKind, LeadStatus
from patrol.search import DocumentKind, IndexedPost, PostIndex, open_index
from patrol.search.cluster import Cluster
from patrol.settings import Settings
from tests.elastic.node import Node, versions
from tests.plugins.elastic import Nodes

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""12:00 in Taipei."""


class Backend(Protocol):
    """A kind of index, and the place where it keeps its documents."""

    def open(self, *, writer: bool) -> PostIndex: ...


class Embedded:
    def __init__(self, tmp_path: Path) -> None:
        self.path = tmp_path / "index"

    def open(self, *, writer: bool) -> PostIndex:
        from patrol.search.embedded import EmbeddedIndex

        return EmbeddedIndex(self.path, writer=writer)


class Elastic:
    """Indices of their own on a node that all tests share."""

    def __init__(self, tmp_path: Path, node: Node) -> None:
        self.settings = Settings(
            home=tmp_path, search_url=node.url, search_name=f"t{uuid.uuid4().hex}"
        )

    def open(self, *, writer: bool) -> PostIndex:
        return open_index(self.settings, writer=writer)

    def clear(self) -> None:
        """Take its indices away, so that the node stays small."""
        with Cluster(self.settings).asked() as client:
            names = list(client.indices.get(index=f"{self.settings.search_name}-*").body)
            if names:
                client.indices.delete(index=names)
            for told in client.indices.get_index_template()["index_templates"]:
                if told["name"].startswith(f"{self.settings.search_name}-"):
                    client.indices.delete_index_template(name=told["name"])


BACKENDS = ["embedded", *versions()]
"""The embedded index, and every version of Elasticsearch that this machine can run."""


@pytest.fixture(
    params=[
        pytest.param(name, marks=[] if name == "embedded" else [pytest.mark.elastic])
        for name in BACKENDS
    ]
)
def backend(
    request: pytest.FixtureRequest, tmp_path: Path, elastic_nodes: Nodes
) -> Iterator[Backend]:
    """Every test of the promise runs on each of `BACKENDS`."""
    if request.param == "embedded":
        yield Embedded(tmp_path)
        return
    elastic = Elastic(tmp_path, elastic_nodes(request.param))
    yield elastic
    elastic.clear()


@pytest.fixture
def index(backend: Backend) -> Iterator[PostIndex]:
    opened = backend.open(writer=True)
    yield opened
    opened.close()


class MakePost(Protocol):
    def __call__(self, number: int, text: str = ..., **changes: Any) -> IndexedPost: ...


@pytest.fixture
def post() -> MakePost:
    """An invented post: number n was seen n minutes after noon."""

    def make(number: int, text: str = "徵兼職伴遊，加賴 abc123", **changes: Any) -> IndexedPost:
        at = NOON + timedelta(minutes=number)
        fields: dict[str, Any] = {
            "document": DocumentKind.POST,
            "number": number,
            "unit": 1,
            "lead": number,
            "source": "moto_forum",
            "channel": Channel.PLATFORM,
            "kind": LeadKind.LEAD,
            "category": Category.TRADING,
            "status": LeadStatus.NEW,
            "score": 40,
            "at": at,
            "seen_at": at,
            "text": text,
        }
        return IndexedPost(**(fields | changes))

    return make


class Kept:
    """Sightings and leads in a register, with the outbox rows that go with them."""

    def __init__(self) -> None:
        from patrol.register.sealing import new_unit
        from patrol.register.tables import AuthorizationRow, Person, RunRow, SourceRow, Unit

        self.unit = Unit.objects.create(name="first")
        person = Person.objects.create(account="lin", unit=self.unit, role="supervisor")
        self.source = SourceRow.objects.create(
            name="harbor", unit=self.unit, body={"channel": "platform"}
        )
        self.mandate = AuthorizationRow.objects.create(
            source=self.source,
            basis="b",
            number="1",
            hosts=[],
            paths=[],
            categories=[],
            requester=person,
            requested_at=NOON,
            valid_from=NOON,
            valid_until=NOON + timedelta(days=1),
        )
        self.run = RunRow.objects.create(source=self.source, due_at=NOON)
        self.capture_unit = new_unit("capture", "c")
        self._keys = 0

    def lead(self, at: datetime = NOON, kind: LeadKind = LeadKind.LEAD, score: int = 50) -> Any:
        from django.db import transaction

        with transaction.atomic():
            return self._lead(at, kind, score)

    def _lead(self, at: datetime, kind: LeadKind, score: int) -> Any:
        from patrol.register.sealing import new_unit
        from patrol.register.tables import Lead

        lead = Lead.objects.create(
            unit=self.unit,
            source=self.source,
            kind=kind,
            category=Category.TRADING if kind is LeadKind.LEAD else None,
            score=score,
            rank=score,
            retention=new_unit("lead", "l"),
            opened_at=at,
            moved_at=at,
        )
        self.tell("lead", lead.pk)
        return lead

    def sighting(self, lead: Any, words: str, at: datetime = NOON) -> Any:
        from django.db import transaction

        with transaction.atomic():
            return self._sighting(lead, words, at)

    def _sighting(self, lead: Any, words: str, at: datetime) -> Any:
        from patrol.models import Post
        from patrol.register.sealing import seal
        from patrol.register.tables import Sighting

        self._keys += 1
        key = f"p{self._keys}"
        post = Post(source="harbor", key=key, url="u", author=None, posted_at=None, text=words)
        sighting = Sighting.objects.create(
            source=self.source,
            key=key,
            words_hmac=key,
            version=1,
            authorization=self.mandate,
            run=self.run,
            capture=self.capture(at),
            lead=lead,
            unit=lead.retention,
            body=seal(lead.retention, post.model_dump_json().encode()),
            duplicate_hmac=key,
            score=lead.score,
            parts=[],
            ruleset_sha256="",
            engine="phpbb",
            first_seen_at=at,
            last_seen_at=at,
        )
        self._explain(sighting, lead)
        self.tell("post", sighting.pk)
        self.tell("lead", lead.pk)
        return sighting

    def capture(self, at: datetime) -> Any:
        from patrol.register.tables import CaptureRow

        return CaptureRow.objects.create(
            run=self.run,
            authorization=self.mandate,
            unit=self.capture_unit,
            fetched_at=at,
            raw_sha256="",
            engine="phpbb",
            body=b"",
            body_sha256="",
        )

    def _explain(self, sighting: Any, lead: Any) -> None:
        """A match, and a contact of each role."""
        from patrol.register.tables import HandleRow, MatchRow

        MatchRow.objects.create(
            sighting=sighting,
            rule="bicycle",
            version=1,
            kind=lead.kind,
            category=lead.category,
            spans=[],
            weight=40,
        )
        for tag, role in (("offered_tag", "offered"), ("mentioned_tag", "mentioned")):
            HandleRow.objects.create(
                sighting=sighting,
                kind="line",
                tag=tag,
                value=b"",
                role=role,
                confidence=1,
                span_start=0,
                span_end=1,
            )

    def tell(self, kind: str, subject: int, op: str = "put") -> None:
        from patrol.register.tables import OutboxRow

        OutboxRow.objects.create(kind=kind, subject=subject, op=op, written_at=NOON, next_at=NOON)


@pytest.fixture
def kept(register: Path) -> Kept:
    return Kept()
