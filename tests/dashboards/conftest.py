"""The same back-ends as `tests/search`: what the dashboards ask, each of them answers alike."""

from tests.search.conftest import backend, index, post

__all__ = ["backend", "index", "post"]
