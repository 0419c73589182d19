"""What a look's process is asked, as JSON on its standard input. Knows no tables: they are not there yet when it is read."""

from patrol.models import Model
from spiders.job import Job


class LookJob(Model):
    """What to look at, under which mandate."""

    job: Job
    authorization: int | None
    """Number of the authorization in the register, read again each second; None in a laboratory."""
    wanted: bool = False
    """Whether selectors are wanted for a known board too."""
