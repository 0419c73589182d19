"""How long it takes until flagged posts have been put together: in memory, and in a register."""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from benches._campaigns import KEY, campaign_figures
from benches._posts import posts
from benches.quality import shipped
from patrol.models import Flagging
from pipelines.bonds import Paper, groups
from pipelines.flow import Flagger
from pipelines.near import ALIKE, likeness, sign, without

POSTS = 10_000
SLICE = 1_000
"""Posts that are each compared with all before them: for all it would take minutes."""


def measure() -> dict[str, Any]:
    """Seconds of one core for 10,000 posts, of which a tenth says nearly what another says."""
    texts = posts(POSTS)
    flagger = shipped()
    found = flagger.flag(texts)
    took, papers, joined = _grouped(texts, found)
    scan = _scanned(papers[:SLICE]) * (POSTS / SLICE) ** 2
    quality = campaign_figures(flagger)
    with tempfile.TemporaryDirectory(prefix="patrol-bench-") as home:
        os.environ["PATROL_HOME"] = home
        in_register = _in_register(Path(home), flagger, texts)
    return {
        "figure": round(took, 2),
        "unit": "s for 10,000 posts on one core: signed, compared and put together",
        "peer_name": f"each post compared with all before it (measured on {SLICE:,}, counted for {POSTS:,})",
        "peer": round(scan, 1),
        "ratio": round(scan / took, 1),
        "register_seconds": round(in_register["seconds"], 2),
        "recall": quality["campaigns.recall"]["value"],
        "precision": quality["campaigns.precision"]["value"],
        "goal": "figure under 15, register_seconds under 30, recall at least 0.8, precision at least 0.95",
        "settings": {
            "posts": POSTS,
            "characters_a_post": round(sum(map(len, texts)) / POSTS),
            "put_together": POSTS - len(set(joined)),
            "campaigns_in_register": in_register["campaigns"],
            "leads_joined_in_register": in_register["leads"],
        },
    }


def _grouped(texts: list[str], found: list[Flagging]) -> tuple[float, list[Paper], list[int]]:
    """Seconds of this thread's processor."""
    begun = time.process_time()
    bare = [
        without(text, [(handle.span.start, handle.span.end) for handle in one.handles])
        for text, one in zip(texts, found, strict=True)
    ]
    papers = [
        Paper("", signature, frozenset(f"{handle.kind}:{handle.value}" for handle in one.handles))
        for start in range(0, len(bare), 256)
        for signature, one in zip(
            sign(bare[start : start + 256], KEY), found[start : start + 256], strict=True
        )
    ]
    joined = groups(papers)
    return time.process_time() - begun, papers, joined


def _scanned(papers: list[Paper]) -> float:
    """Seconds to compare each with all before it."""
    begun = time.process_time()
    for place, paper in enumerate(papers):
        for other in papers[:place]:
            likeness(paper.signature, other.signature) >= ALIKE  # noqa: B015  (the work is measured)
    return time.process_time() - begun


def _in_register(home: Path, flagger: Flagger, texts: list[str]) -> dict[str, float]:
    """The same posts as leads of a register: opened, compared, joined and recorded."""
    from patrol.register.start import start

    start()
    from django.core.management import call_command

    home.mkdir(exist_ok=True)
    call_command("migrate", verbosity=0)
    from benches._leads import plant
    from patrol.actions.desk import Desk
    from patrol.actions.linking.joining import gather
    from patrol.register.tables import Campaign, CampaignLink

    plant(flagger, texts)
    desk = Desk.system("bench")
    begun = time.process_time()
    while gather(desk):
        pass
    return {
        "seconds": time.process_time() - begun,
        "campaigns": Campaign.objects.filter(merged_into=None).count(),
        "leads": CampaignLink.objects.filter(state="joined").count(),
    }
