"""Keeping the index: building it anew from the register. Reading it is `patrol.actions.triage`'s and the pages' work."""

from patrol.actions.desk import Desk
from patrol.models import Permission, Verb
from patrol.search import open_index
from patrol.search.helm import at_the_helm
from patrol.search.outbox import Rebuilt, revive
from patrol.search.outbox import rebuild as build_anew
from patrol.search.rows import Fold
from patrol.settings import Settings


def rebuild(desk: Desk, settings: Settings, fold: Fold) -> Rebuilt:
    """Build the index anew, dead letters included. Recorded; raises `HelmTaken` or `IndexAway` while another process writes it."""
    desk.require(Permission.SYSTEM_OPERATE, Verb.INDEX_REBUILT)
    with at_the_helm(settings.home):
        index = open_index(settings, writer=True)
        try:
            revive()
            built = build_anew(index, fold)
        finally:
            index.close()
    desk.record(Verb.INDEX_REBUILT, count=built.documents, details={"dead": built.dead})
    return built
