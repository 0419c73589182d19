"""A certificate that nobody vouches for ends the connection before anything is asked."""

import datetime as dt
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from patrol.models import Outcome
from tests.spiders.crawl.conftest import Board, job, run, small_board, swap

MakeBoard = Callable[..., Board]
DAY = dt.timedelta(days=1)


def certificate(folder: Path, name: str, *, days: int) -> Path:
    """A self-signed certificate with its key, valid for so many days from yesterday."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = dt.datetime.now(dt.UTC) - 3 * DAY
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + days * DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.{days}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return file


def served(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def trusting(file: Path) -> Callable[[Callable[[], Any]], Any]:
    """A run on a machine whose administrator trusts that certificate; no second and third try."""

    def around(go: Callable[[], Any]) -> Any:
        import os

        from spiders.gate import door

        swap(door, "BACKOFF", ())
        os.environ["SSL_CERT_FILE"] = str(file)
        return go()

    return around


@pytest.mark.parametrize(
    ("name", "days", "trusted"),
    [
        ("board.example", 10, False),
        ("board.example", 1, True),  # expired
        ("other.example", 10, True),  # of another host
    ],
)
def test_a_bad_certificate_is_refused(
    board: MakeBoard,
    tmp_path: Path,
    name: str,
    days: int,
    trusted: bool,  # noqa: FBT001
) -> None:
    file = certificate(tmp_path, name, days=days)
    site = board(small_board(), tls=served(file))
    ran = run(job(site), around=trusting(file if trusted else tmp_path / "none.pem"))
    assert ran.report.outcome is Outcome.NETWORK
    assert site.asked == []


def test_a_good_one_is_not(board: MakeBoard, tmp_path: Path) -> None:
    file = certificate(tmp_path, "board.example", days=10)
    site = board(small_board(), tls=served(file))
    ran = run(job(site), around=trusting(file))
    assert ran.report.outcome is Outcome.OK
    assert len(ran.words) == 4
