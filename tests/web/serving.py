"""The server itself, as `patrol serve` starts it, for tests that speak to it over sockets."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from patrol.demo.stage import free_port

READY_SECONDS = 60.0


@contextmanager
def served(processes: int, ready: str = "/healthz") -> Iterator[int]:
    """So many processes behind one address, once they answer at `ready`. Gives its port."""
    from patrol.schedule.serve import end, web_process
    from patrol.settings import Settings

    port = free_port()
    web = web_process(Settings(bind=f"127.0.0.1:{port}", web_workers=processes))
    try:
        until = time.monotonic() + READY_SECONDS
        while not _answers(port, ready):
            assert web.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        yield port
    finally:
        end(web)


def _answers(port: int, address: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=READY_SECONDS)
    try:
        connection.request("GET", address)
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()
