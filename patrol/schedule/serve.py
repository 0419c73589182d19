"""`patrol serve`: the workbench, the clock and the projector on one machine, until it is told to stop."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from patrol.errors import PatrolError
from patrol.parent import die_with_parent
from patrol.register import checkpoints
from patrol.schedule.clock import Clock, carrier
from patrol.schedule.ending import told_to_end
from patrol.schedule.projecting import Projector, ProjectorDied
from patrol.settings import Settings

APPLICATION = "patrol.web.worker:front"
READY_SECONDS = 30
MOST_WORKERS = 4
"""Processes that serve pages unless a setting says otherwise: each takes 220 to 280 MB at 100,000 leads."""


def workers(settings: Settings) -> int:
    """How many processes serve pages."""
    return settings.web_workers or min(MOST_WORKERS, len(os.sched_getaffinity(0)))


class WebDied(PatrolError):
    """The web server ended by itself."""

    def __init__(self, bind: str, code: int) -> None:
        super().__init__(
            f"The workbench at {bind} ended with code {code}.",
            why="Without it nobody can triage.",
            do="Is the address taken? Choose another: `PATROL_BIND=127.0.0.1:8401`.",
        )


def web_process(settings: Settings) -> "subprocess.Popen[bytes]":
    """The web server, as a child that dies with us. In a group of its own: Ctrl-C comes to us, and we end it."""
    host, _, port = settings.bind.rpartition(":")
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "asginl",
        "--http",
        "1",
        "--host",
        host,
        "--port",
        port,
    ]
    command += [
        "--workers",
        str(workers(settings)),
        "--no-ws",
        "--log-level",
        "warning",
    ]
    command += [APPLICATION]
    return subprocess.Popen(
        command,
        # killed, for granian waits for ever where it is told to end while it is being told; its workers follow
        preexec_fn=partial(die_with_parent, signal.SIGKILL),  # noqa: PLW1509  (one system call)
        process_group=0,
        env=dict(os.environ),
    )


def serve(
    settings: Settings,
    *,
    projects: bool = True,
    ticks: bool = True,
    ready: Callable[[], None] = lambda: None,
    web: "subprocess.Popen[bytes] | None" = None,
) -> None:
    """Run until SIGINT or SIGTERM; calls `ready` once pages are served. Raises `WebDied`.

    `web` is a `web_process` that was started before, and is ended with the rest.
    Without `projects`, a `patrol projector` beside it feeds the index and signs checkpoints;
    without `ticks`, a `patrol scheduler` finds what is due.
    """
    if projects:
        checkpoints.require_key()
    over = told_to_end()
    web = web or web_process(settings)
    clock = Clock(carrier(settings))
    projector = Projector(settings)
    try:
        _until_ready(web, settings, over)
        if projects:
            projector.start()
        if ticks:
            clock.start()
        ready()
        while not over.wait(0.5):
            if (code := web.poll()) is not None:
                raise WebDied(settings.bind, code)
            if projects and not projector.is_alive():
                raise ProjectorDied
    finally:
        web.terminate()  # all of them at once: a container is killed after ten seconds
        projector.stop(wait=False)
        clock.stop()
        projector.stop()
        end(web)
        if projects:
            checkpoints.sign_now()


def end(web: "subprocess.Popen[bytes]") -> None:
    """Wait for what it answers, then kill its whole group: a worker may outlast it, and one that had yet to begin hears no word of the end."""
    web.terminate()
    try:
        web.wait(2)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(web.pid, signal.SIGKILL)
        web.wait()


def _until_ready(web: "subprocess.Popen[bytes]", settings: Settings, over: threading.Event) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and not over.is_set():
        if (code := web.poll()) is not None:
            raise WebDied(settings.bind, code)
        try:
            with urllib.request.urlopen(f"http://{settings.bind}/healthz", timeout=1):
                return
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            over.wait(0.1)
