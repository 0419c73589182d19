"""Time stamps of checkpoints by an authority of time (RFC 3161): when a root of the log was there, by somebody else's clock.

The authority gets the hash of a checkpoint's text and nothing else. Its answer
is believed only if it is over that text, answers this very request, and leads
to a certificate that the operator named. It is asked where checkpoints are
copied, never in a web process.
"""

import http.client
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from patrol.errors import TryLater
from patrol.register import asking, log
from patrol.register.tables import LedgerCheckpoint, LedgerStamp
from patrol.settings import Settings

MAX_STAMP_BYTES = 65_536
_QUERY = "application/timestamp-query"


class StampAway(TryLater):
    """The authority of time does not answer, or its stamp is worth nothing."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(
            f"{address} stamped no checkpoint.",
            why=why,
            do="See that PATROL_STAMP answers RFC 3161 requests, and that PATROL_STAMP_AUTHORITY has the certificates that its stamps lead to. Appending goes on meanwhile.",
        )


class Stamp(NamedTuple):
    """What an authority of time said of a checkpoint."""

    size: int
    at: datetime
    by: str
    answer: bytes
    """Its whole answer (`.tsr`), as OpenSSL reads it."""
    words: str
    """The checkpoint's text, of which it saw the hash."""

    @property
    def name(self) -> str:
        return f"checkpoint-{self.size}"


def words_of(note: str) -> str:
    """What is stamped: a checkpoint's text, without the signatures below it."""
    return note.partition("\n\n")[0] + "\n"


def stamp_due(settings: Settings, now: datetime) -> bool:
    """Have the last checkpoint stamped if `stamp_minutes` have passed since the last stamp. Raises `StampAway`."""
    last = LedgerCheckpoint.objects.order_by("-size").first()
    stamped = LedgerStamp.objects.order_by("-size").first()
    if not settings.stamp or last is None:
        return False
    if stamped is not None:
        waited = now - stamped.asked_at
        early = timedelta(0) <= waited < timedelta(minutes=settings.stamp_minutes)
        if early or stamped.size >= last.size:
            return False
    answer, at, by = _asked(settings, words_of(last.note).encode())
    with log.durably():
        LedgerStamp.objects.create(size=last.size, answer=answer, at=at, by=by, asked_at=now)
    return True


def find(size: int) -> Stamp | None:
    """The stamp of the checkpoint of exactly that size."""
    row = LedgerStamp.objects.filter(size=size).first()
    note = LedgerCheckpoint.objects.filter(size=size).values_list("note", flat=True).first()
    if row is None or note is None:
        return None
    return Stamp(size, row.at, row.by, bytes(row.answer), words_of(note))


def reaching(size: int) -> int | None:
    """The size of the first stamped checkpoint of a log of at least that size: the earliest time somebody else tells."""
    rows = LedgerStamp.objects.filter(size__gte=size).order_by("size")
    return rows.values_list("size", flat=True).first()


def _asked(settings: Settings, words: bytes) -> tuple[bytes, datetime, str]:
    """The authority's answer, the time that it tells, and its certificate's name. Raises `StampAway`."""
    roots = _authority(settings)
    builder = TimestampRequestBuilder().data(words).hash_algorithm(HashAlgorithm.SHA256)
    wanted = builder.cert_request(cert_request=True).nonce(nonce=True).build()
    try:
        status, answer = asking.post(settings.stamp, wanted.as_bytes(), _QUERY, MAX_STAMP_BYTES)
    except asking.NoAnswer as error:
        raise StampAway(settings.stamp, f"It does not answer: {error}.") from error
    if status != http.client.OK:
        raise StampAway(settings.stamp, f"It answers {status}.")
    verifier = VerifierBuilder.from_request(wanted)
    for certificate in roots:
        verifier = verifier.add_root_certificate(certificate)
    try:
        told = decode_timestamp_response(answer)
        verifier.build().verify_message(told, words)
        signer = next(iter(told.signed_data.signer_infos))
        chain = map(x509.load_der_x509_certificate, told.signed_data.certificates)
        (own,) = (one for one in chain if one.serial_number == signer.serial_number)
        return answer, told.tst_info.gen_time, own.subject.rfc4514_string()[:200]
    except (VerificationError, ValueError, StopIteration) as error:
        why = f"Its stamp does not hold: {error}."
        raise StampAway(settings.stamp, why) from error


def _authority(settings: Settings) -> list[x509.Certificate]:
    path = Path(settings.stamp_authority or "")
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        why = f"PATROL_STAMP_AUTHORITY ({path}) cannot be read as certificates in PEM."
        raise StampAway(settings.stamp, why) from error
