"""A process that serves pages, as the server begins it: it dies with the server, whatever became of that."""

import signal

from patrol.parent import die_with_parent

die_with_parent(signal.SIGKILL)

from patrol.web.front import Front  # noqa: E402  (nothing is begun before)
from patrol.web.wsgi import application  # noqa: E402

front = Front(application)
