"""The index in Elasticsearch: one index a month behind aliases, replaced whole.

`patrol-v2-2026-11.0003` is the third building of November 2026. The alias
`patrol-v2` holds every month as it is now, so one question asks all of them;
`patrol-v2-2026-11` is where November is written, so that nothing is ever put
into an index that was made by mistake. `patrol-v2-stale` holds the months in
which removed words can still be on disk. An index without aliases is being
built, or was left by a killed builder. The index template `patrol-v2` says
how each of them is made: of all templates that fit Elasticsearch applies the
one that ranks highest, so that nothing of a template for every index (a
pipeline, a lifecycle that deletes) gets into ours.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from patrol.search.cluster import WRITE_SECONDS, Cluster
from patrol.search.index import IndexAway
from patrol.search.mapping import FORM, MAPPING, settings_of
from patrol.settings import Settings

_PRIORITY = 1_000
"""Above those that servers bring along (200 at most) and what is usual for catch-all templates."""


class Months:
    """The indices of one name."""

    def __init__(self, cluster: Cluster, settings: Settings) -> None:
        self._cluster = cluster
        self._of = name = settings.search_name
        self._settings = settings_of(settings.search_shards, settings.search_replicas)
        self.family = f"{name}-{FORM}"
        self._stale = f"{self.family}-stale"
        self._name = re.compile(rf"{re.escape(self.family)}-(\d{{4,5}}-\d\d)\.(\d{{4,}})")

    def shelf(self, index: str) -> str:
        """The month of an index."""
        found = self._name.fullmatch(index)
        return found[1] if found else ""

    def alias(self, shelf: str) -> str:
        """Where a month is written."""
        return f"{self.family}-{shelf}"

    def _aliases(self) -> Mapping[str, frozenset[str]]:
        with self._cluster.asked() as client:
            found = client.indices.get_alias(index=f"{self.family}-*").body
        return {
            index: frozenset(each["aliases"])
            for index, each in found.items()
            if self._name.fullmatch(index)
        }

    def current(self) -> dict[str, str]:
        """The index of each month, newest month first."""
        here = {
            self.shelf(index): index
            for index, aliases in self._aliases().items()
            if self.family in aliases
        }
        return dict(sorted(here.items(), reverse=True))

    def clear(self) -> None:
        """Take away what a killed builder left, and what an older Patrol kept in another form."""
        left = [index for index, aliases in self._aliases().items() if not aliases]
        with self._cluster.asked(WRITE_SECONDS) as client:
            others = client.indices.get_alias(index=f"{self._of}-v*-*").body
            templates = client.indices.get_index_template(filter_path="*.name").body
            for name in (str(told["name"]) for told in templates.get("index_templates", ())):
                if re.fullmatch(rf"{re.escape(self._of)}-v\d+", name) and name != self.family:
                    client.indices.delete_index_template(name=name)
        other = re.compile(rf"{re.escape(self._of)}-v\d+-\d{{4,5}}-\d\d\.\d{{4,}}")
        left += [
            each for each in others if other.fullmatch(each) and not self._name.fullmatch(each)
        ]
        self._delete(left)

    def make(self, shelf: str) -> str:
        """The index of a month that is not there yet."""
        index = f"{self.alias(shelf)}.0001"
        self._create(index, [self.family, self.alias(shelf)])
        return index

    def _create(self, index: str, aliases: Iterable[str]) -> None:
        """With its template first, and once more in full: somebody may have another one rank still higher."""
        made: dict[str, Any] = {"mappings": MAPPING, "settings": self._settings}
        with self._cluster.asked(WRITE_SECONDS) as client:
            client.indices.put_index_template(
                name=self.family,
                index_patterns=[f"{self.family}-*"],
                priority=_PRIORITY,
                template=made,
            )
            client.indices.create(index=index, aliases={alias: {} for alias in aliases}, **made)

    def _delete(self, indices: list[str]) -> None:
        if indices:
            with self._cluster.asked(WRITE_SECONDS) as client:
                client.indices.delete(index=indices, ignore_unavailable=True)

    @contextmanager
    def building(self, shelf: str) -> Iterator[str]:
        """An index to build a month in; a clean end swaps it in, an exception drops it."""
        old = self.current().get(shelf)
        number = int(old.rpartition(".")[2]) + 1 if old else 1
        index = f"{self.alias(shelf)}.{number:04}"
        self._delete([index])
        self._create(index, [])
        try:
            yield index
        except BaseException:
            with suppress(IndexAway):
                self._delete([index])
            raise
        self._swap(shelf, old, index)

    def _swap(self, shelf: str, old: str | None, new: str) -> None:
        """In one step of the cluster: no search sees both, or none.

        A lost answer does not say whether it was done. Then the new index is not deleted: it may be all there is.
        """
        actions: list[dict[str, dict[str, str]]] = [
            {"add": {"index": new, "alias": alias}} for alias in (self.family, self.alias(shelf))
        ]
        if old:
            actions.append({"remove_index": {"index": old}})
        try:
            with self._cluster.asked(WRITE_SECONDS) as client:
                client.indices.update_aliases(actions=actions)
        except IndexAway:
            if self.current().get(shelf) != new:
                raise

    def drop(self, shelf: str) -> None:
        """Take a month away."""
        if old := self.current().get(shelf):
            self._delete([old])

    def mark_stale(self, indices: Iterable[str]) -> None:
        """Remember in the cluster that months must be built anew."""
        actions = [{"add": {"index": index, "alias": self._stale}} for index in indices]
        if actions:
            with self._cluster.asked(WRITE_SECONDS) as client:
                client.indices.update_aliases(actions=actions)

    def stale(self) -> frozenset[str]:
        marked = (index for index, names in self._aliases().items() if self._stale in names)
        return frozenset(map(self.shelf, marked))
