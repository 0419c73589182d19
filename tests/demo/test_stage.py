"""The demo's directory and what is said while it works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from patrol.demo.boards import Boards

SETTLED = """
import sys
from pathlib import Path

import structlog

from patrol.demo.stage import settle

settle(Path(sys.argv[1]), "", "127.0.0.1:1")
structlog.get_logger().warning("projector.waits")
structlog.get_logger().error("broken")
"""


@pytest.mark.parametrize(("asked", "said"), [({}, 1), ({"PATROL_LOG_LEVEL": "WARNING"}, 2)])
def test_what_only_waits_is_no_line_of_the_story(
    tmp_path: Path, asked: dict[str, str], said: int
) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    environment = {name: value for name, value in os.environ.items() if "PATROL_" not in name}
    done = subprocess.run(
        [sys.executable, "-c", SETTLED, str(tmp_path / "home")],
        env={**environment, **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stderr.splitlines()
    assert len(lines) == said, done.stderr
    assert '"broken"' in lines[-1]


def test_the_mandates_of_the_demo_lack_nothing_that_a_real_one_carries(
    register: Path, boards: Boards, monkeypatch: pytest.MonkeyPatch
) -> None:
    from patrol.actions.collecting import mandates
    from patrol.demo.cast import AUTHORIZATION
    from patrol.demo.stage import build
    from patrol.models import SiteTerms
    from patrol.register.tables import AuthorizationRow
    from patrol.settings import Settings
    from spiders.gate.refusal import Refusal
    from spiders.gate.scope import Coverage, place

    monkeypatch.setenv("PATROL_LABORATORY", boards.laboratory)
    stage = build(Settings(), boards.sources())
    rows = [mandates.authorization(row) for row in AuthorizationRow.objects.order_by("pk")]
    assert tuple(row.source for row in rows) == stage.sources
    for row in rows:
        assert row.document_sha256 == AUTHORIZATION.sha256
        assert row.conduct.terms is SiteTerms.PERMIT
        assert not row.conduct.departs
        assert row.approver not in {None, row.requester}
    market = next(row for row in rows if row.source == "night_market")
    address = f"http://{market.scope.hosts[0]}/forum.php"
    Coverage(market.scope).check(place(address))
    for query in ("mod=post&action=newthread", "orderby=views", "formhash=1a2b"):
        with pytest.raises(Refusal):
            Coverage(market.scope).check(place(f"{address}?{query}"))
