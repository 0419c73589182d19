"""The process of one look: the network's event loop can be started once per process, so each look has its own.

`python -m patrol.actions.collecting.sources_child` takes a request as JSON and gives what was seen as JSON.
"""

import sys

from patrol.actions.collecting.sources_job import LookJob
from patrol.models import Authorization
from patrol.register.start import start
from spiders.job import Mandate
from spiders.look import look


def _standing(number: int) -> Authorization | None:
    """The authorization as the register holds it now; None where it is no longer what was approved."""
    from patrol.actions.collecting import mandates  # noqa: PLC0415  (tables are there once the register is open)
    from patrol.actions.collecting.binding import binds  # noqa: PLC0415  (same)
    from patrol.register.tables import AuthorizationRow  # noqa: PLC0415  (tables are there once the register is open)

    related = ("source", "requester", "approver")
    row = AuthorizationRow.objects.select_related(*related).filter(pk=number).first()
    stands = row is not None and row.revoked_at is None and binds(row)
    return mandates.authorization(row) if row is not None and stands else None


def _main() -> None:
    asked = LookJob.model_validate_json(sys.stdin.buffer.read())
    number = asked.authorization
    if number is not None:
        start()

    def mandate() -> Mandate:
        standing = asked.job.authorization if number is None else _standing(number)
        return Mandate(authorization=standing)

    seen = look(asked.job, mandate, wanted=asked.wanted)
    sys.stdout.buffer.write(seen.model_dump_json().encode("utf-8", "replace"))
    sys.stdout.flush()


if __name__ == "__main__":
    _main()
