"""One request to an address that the operator named; no redirect is followed."""

import http.client
from urllib.parse import urlsplit

ANSWER_SECONDS = 10.0


class NoAnswer(Exception):
    """Nothing that is an answer came within `ANSWER_SECONDS`."""


def post(address: str, body: bytes, content_type: str, most: int) -> tuple[int, bytes]:
    """Status and at most so many bytes of the answer. Raises `NoAnswer`."""
    where = urlsplit(address)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    connection = kind(where.netloc, timeout=ANSWER_SECONDS)
    try:
        path = where.path + (f"?{where.query}" if where.query else "")
        connection.request("POST", path or "/", body, {"Content-Type": content_type})
        answer = connection.getresponse()
        return answer.status, answer.read(most)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(type(error).__name__) from error
    finally:
        connection.close()
