"""An authority of time (RFC 3161) for tests: OpenSSL's own, over loopback."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[req]
distinguished_name = nobody
[nobody]
[stamps]
basicConstraints = critical,CA:false
extendedKeyUsage = critical,timeStamping
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
"""


def openssl(*words: str) -> bytes:
    return subprocess.run(["openssl", *words], check=True, capture_output=True).stdout


class Authority:
    """A root, a certificate for stamping, and the program that stamps."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.config = folder, folder / "tsa.cnf"
        self.config.write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01")
        self.root = folder / "root.pem"
        self.asked = 0
        self.forced: tuple[int, bytes] | None = None
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        common = ("req", "-new", "-x509", "-config", str(self.config), *key, "-days", "30")
        openssl(*common, "-keyout", f"{folder}/root.key", "-out", str(self.root), "-subj", "/CN=Root of time", "-extensions", "root")  # fmt: skip
        openssl(*common, "-keyout", f"{folder}/tsa.key", "-out", f"{folder}/tsa.pem", "-subj", "/CN=Clock of the county", "-extensions", "stamps", "-CA", str(self.root), "-CAkey", f"{folder}/root.key")  # fmt: skip

    def verify(self, words: Path, stamp: Path) -> str:
        """What OpenSSL says of a stamp."""
        given = ("-data", str(words), "-in", str(stamp), "-CAfile", str(self.root))
        return openssl("ts", "-verify", *given).decode()

    def answer(self, query: bytes) -> tuple[int, bytes]:
        self.asked += 1
        if self.forced:
            return self.forced
        asked = self.folder / "query.tsq"
        asked.write_bytes(query)
        return 200, openssl("ts", "-reply", "-config", str(self.config), "-queryfile", str(asked))


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Authority, str]]:
    """An authority, and where it listens."""
    clock = Authority(folder)

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            query = self.rfile.read(int(self.headers["Content-Length"]))
            status, body = clock.answer(query)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield clock, f"http://127.0.0.1:{server.server_port}/tsr"
    server.shutdown()
    thread.join()
    server.server_close()
