"""Whoever serves is killed: nothing of it goes on behind the same address."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from patrol.demo.stage import free_port
from tests.web.serving import READY_SECONDS

pytestmark = pytest.mark.faults
PARENT = """
import sys, threading, time
from patrol.register.start import start

start(web=True)
from patrol.schedule.serve import web_process
from patrol.settings import Settings

for _ in range(8):
    threading.Thread(target=time.sleep, args=(900,), daemon=True).start()
web_process(Settings(bind=f"127.0.0.1:{sys.argv[1]}", web_workers=2))
time.sleep(900)
"""


def _listens(port: int) -> bool:
    try:
        with closing(socket.create_connection(("127.0.0.1", port), 1)):
            return True
    except OSError:
        return False


def _serving(port: int) -> list[int]:
    """Processes of the server at that port, workers among them."""
    found = subprocess.run(
        ["pgrep", "-f", f"granian.*--port {port}"], capture_output=True, text=True, check=False
    )
    return [int(number) for number in found.stdout.split()]


def test_nothing_serves_after_its_parent_was_killed(register: Path) -> None:
    port = free_port()
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(port)],
        env={**os.environ, "PATROL_HOME": str(register)},
    )
    until = time.monotonic() + READY_SECONDS
    while not _listens(port):
        assert parent.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    time.sleep(1.0)
    (leader, *_) = _serving(port)
    group = os.getpgid(leader)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until = time.monotonic() + 10
    try:
        while _alive(group):
            assert time.monotonic() < until, "a process of the server outlived its parent"
            time.sleep(0.1)
        assert not _listens(port)
    finally:
        if _alive(group):
            os.killpg(group, signal.SIGKILL)


def _alive(group: int) -> bool:
    found = subprocess.run(["pgrep", "-g", str(group)], capture_output=True, check=False)
    return found.returncode == 0
