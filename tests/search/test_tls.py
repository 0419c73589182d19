"""Elasticsearch behind TLS with a certificate of one's own, as an agency has it: a small proxy before a real node."""

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from select import select
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from patrol.errors import BadInput
from patrol.search import IndexAway, Query, open_index
from patrol.settings import Settings
from tests.plugins.elastic import Nodes
from tests.search.conftest import Elastic, MakePost

pytestmark = pytest.mark.elastic
_SECONDS = 10


class Papers(NamedTuple):
    """A certification authority, and what it gave to 127.0.0.1."""

    ca: Path
    chain: Path
    """The server's certificate and its key."""
    fingerprint: str


def papers(folder: Path, name: str) -> Papers:
    """Made anew, valid for a day."""
    own, own_key = _certificate(name, None)
    server, server_key = _certificate("index", (own.subject, own_key))
    ca, chain = folder / f"{name}.pem", folder / f"{name}-server.pem"
    ca.write_bytes(own.public_bytes(Encoding.PEM))
    key = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain.write_bytes(server.public_bytes(Encoding.PEM) + key)
    return Papers(ca, chain, sha256(server.public_bytes(Encoding.DER)).hexdigest())


def _certificate(
    name: str, signer: tuple[x509.Name, ec.EllipticCurvePrivateKey] | None
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signing = signer or (subject, key)
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(
            x509.BasicConstraints(ca=signer is None, path_length=None),
            critical=True,
        )
        .sign(signing, hashes.SHA256())
    )
    return made, key


class Proxy:
    """Ends TLS, and passes every byte on to the node.

    Each connection has one thread, which reads and writes: OpenSSL lets no two use one connection at a time, and a
    request of theirs hangs.
    """

    def __init__(self, chain: Path, port: int) -> None:
        self.seen = b""
        """What clients asked, in the clear."""
        self._behind = port
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(chain)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._door.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._door.accept()
                plain.settimeout(_SECONDS)
                client = self._context.wrap_socket(plain, server_side=True)
            except ssl.SSLError:
                plain.close()
                continue
            except OSError:
                return
            node = socket.create_connection(("127.0.0.1", self._behind))
            self._open += [client, node]
            self._threads.append(threading.Thread(target=self._pass, args=(client, node)))
            self._threads[-1].start()

    def _pass(self, client: ssl.SSLSocket, node: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                waiting = [client] if client.pending() else select([client, node], [], [])[0]
                for source in waiting:
                    if not (some := source.recv(65536)):
                        return
                    if source is client:
                        self.seen += some
                    (node if source is client else client).sendall(some)

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_SECONDS)
        for each in self._open:
            each.close()


@pytest.fixture
def ours(tmp_path: Path) -> Papers:
    return papers(tmp_path, "ours")


@pytest.fixture
def proxy(ours: Papers, elastic_nodes: Nodes) -> Iterator[Proxy]:
    opened = Proxy(ours.chain, elastic_nodes("8.19.5").port)
    yield opened
    opened.close()


@pytest.fixture
def settings(tmp_path: Path, proxy: Proxy, elastic_nodes: Nodes) -> Iterator[Settings]:
    elastic = Elastic(tmp_path, elastic_nodes("8.19.5"))
    yield elastic.settings.model_copy(update={"search_url": proxy.url})
    elastic.clear()


def _trusting(settings: Settings, **trust: Any) -> Settings:
    return settings.model_copy(update=trust)


def test_own_authority_is_trusted_and_the_key_is_sent(
    settings: Settings, ours: Papers, proxy: Proxy, post: MakePost
) -> None:
    told = _trusting(settings, search_ca=ours.ca, search_key=SecretStr("aWQ6c2VjcmV0"))
    index = open_index(told, writer=True)
    assert index.put([post(1)]) == []
    assert index.search(Query()).total == 1
    index.close()
    assert b"authorization: apikey awq6c2vjcmv0" in proxy.seen.lower()


@pytest.mark.parametrize("compressed", [False, True])
def test_both_ways_are_compressed_when_so_set(
    settings: Settings, ours: Papers, proxy: Proxy, post: MakePost, *, compressed: bool
) -> None:
    told = _trusting(settings, search_ca=ours.ca, search_compression=compressed)
    index = open_index(told, writer=True)
    index.put([post(1, "zebraquartz in the harbour")])
    assert index.search(Query(words=("zebraquartz",))).total == 1
    index.close()
    asked = proxy.seen.lower()
    assert (b"accept-encoding: gzip" in asked) is compressed
    assert (b"content-encoding: gzip" in asked) is compressed
    assert (b"\x1f\x8b\x08" in proxy.seen) is compressed
    assert (b"zebraquartz" not in proxy.seen) is compressed


def test_fingerprint_alone_is_enough(settings: Settings, ours: Papers) -> None:
    told = _trusting(settings, search_fingerprint=ours.fingerprint)
    assert open_index(told).search(Query()).total == 0


def test_the_key_may_stand_in_a_file(
    settings: Settings, ours: Papers, proxy: Proxy, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    told = _trusting(settings, search_ca=ours.ca, search_key_file=key)
    with pytest.raises(BadInput, match="PATROL_SEARCH_KEY_FILE"):
        open_index(told)
    key.write_text("ZmlsZTpzZWNyZXQ=\n")
    assert open_index(told).search(Query()).total == 0
    assert b"authorization: apikey zmlsztpzzwnyzxq=" in proxy.seen.lower()


@pytest.mark.parametrize("trust", ["nothing", "another authority", "another fingerprint"])
def test_certificate_that_is_not_trusted_is_refused_in_a_sentence(
    settings: Settings, proxy: Proxy, tmp_path: Path, trust: str
) -> None:
    """Nothing is asked: neither words nor the key go to whoever that is."""
    other = papers(tmp_path, "other")
    trusts: dict[str, dict[str, Any]] = {
        "nothing": {},
        "another authority": {"search_ca": other.ca},
        "another fingerprint": {"search_fingerprint": other.fingerprint},
    }
    told = _trusting(settings, search_key=SecretStr("aWQ6c2VjcmV0"), **trusts[trust])
    with pytest.raises(IndexAway, match="does not trust its certificate") as refused:
        open_index(told).search(Query(words=("zebraquartz",)))
    assert "PATROL_SEARCH_CA" in str(refused.value)
    assert proxy.seen == b""


def test_authority_that_is_no_file_is_told(settings: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    for path in (tmp_path / "none.pem", broken):
        with pytest.raises(BadInput, match="PATROL_SEARCH_CA"):
            open_index(_trusting(settings, search_ca=path)).search(Query())
