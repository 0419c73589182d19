"""How much of an answer is read: so much after unpacking, and not a byte more."""

import zlib

from spiders.gate.refusal import Reason, Refusal

LARGEST = 2 * 1024 * 1024
"""Bytes of a page after decompression."""

LARGEST_MAP = 16 * 1024 * 1024
"""Bytes of a sitemap: a list of 50,000 addresses is larger than any page."""

SECONDS = 20.0
"""Total time of one request, however steadily it drips."""

ACCEPT_ENCODING = b"gzip, deflate"
"""What we can unpack piece by piece. Nothing else is asked for, and nothing else is read."""

_STEP = 64 * 1024


def check_length(announced: int | None, largest: int = LARGEST) -> None:
    """Refuse an answer that says beforehand that it is too large."""
    if announced is not None and announced > largest:
        raise Refusal(Reason.SIZE, f"The answer announces {announced} bytes.")


class Unpacker:
    """Unpacks an answer piece by piece, and stops in the middle of a bomb."""

    def __init__(self, encodings: str, largest: int = LARGEST) -> None:
        names = [name.strip().lower() for name in encodings.split(",") if name.strip()]
        names = [name for name in names if name != "identity"]
        if len(names) > 1:
            raise Refusal(
                Reason.ENCODING, "An answer that was compressed more than once is a trap."
            )
        self._name = names[0].removeprefix("x-") if names else ""
        if self._name not in {"", "gzip", "deflate"}:
            raise Refusal(
                Reason.ENCODING, f"The answer is compressed as `{self._name[:20]}`, unasked."
            )
        self._inflater = zlib.decompressobj(wbits=31 if self._name == "gzip" else 15)
        self._largest = largest
        self._begun = False
        self.size = 0
        """Bytes after unpacking, so far."""

    def feed(self, piece: bytes) -> bytes:
        """The next bytes, unpacked. Raises `Refusal` at the byte that is too much."""
        if not self._name:
            self._grow(len(piece))
            return piece
        try:
            return self._inflate(piece)
        except zlib.error:
            raise Refusal(Reason.ENCODING, "The answer's compression is broken.") from None

    def check_complete(self) -> None:
        """Refuse an answer whose compressed stream ends in the middle."""
        if self._name and self._begun and not self._inflater.eof:
            raise Refusal(Reason.ENCODING, "The answer breaks off in the middle.")

    def _inflate(self, piece: bytes) -> bytes:
        if not self._begun and piece:
            self._begun = True
            if self._name == "deflate" and not _has_zlib_header(piece):
                # Some servers send the raw stream without the header that RFC 9110 asks for.
                self._inflater = zlib.decompressobj(wbits=-15)
        parts = []
        more = bool(piece)
        while more:
            if self._inflater.eof:
                if self._name == "deflate" or not piece.startswith(b"\x1f\x8b"):
                    break  # padding after the last member
                self._inflater = zlib.decompressobj(wbits=31)
            part = self._inflater.decompress(piece, _STEP)
            self._grow(len(part))
            parts.append(part)
            ended = self._inflater.eof
            piece = self._inflater.unused_data if ended else self._inflater.unconsumed_tail
            more = bool(piece) or (not ended and len(part) == _STEP)
        return b"".join(parts)

    def _grow(self, more: int) -> None:
        self.size += more
        if self.size > self._largest:
            raise Refusal(
                Reason.SIZE, f"The answer is larger than {self._largest // 1024} KiB when unpacked."
            )


def _has_zlib_header(piece: bytes) -> bool:
    """RFC 1950 section 2.2."""
    if len(piece) < 2:
        return piece[0] & 0x0F == 8
    return piece[0] & 0x0F == 8 and (piece[0] * 256 + piece[1]) % 31 == 0
