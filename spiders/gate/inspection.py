"""One answer as it arrives: unpacked, measured and looked at piece by piece, cut at the first lie."""

from collections.abc import Iterable

from spiders.gate import media
from spiders.gate.refusal import Reason, Refusal
from spiders.gate.scope import Place
from spiders.gate.size import LARGEST, LARGEST_MAP, Unpacker, check_length


class Inspection:
    """Looks at an answer while it arrives. Its `body` is the only one that is read afterwards."""

    def __init__(self, where: Place | None = None) -> None:
        self._packed = where is not None and media.is_packed(where)
        self._largest = LARGEST_MAP if where is not None and media.is_map(where) else LARGEST
        self._file: Unpacker | None = None
        """Opens a file that lies packed on the server, behind what unpacks the way here."""
        self.refusal: Refusal | None = None
        self.received = 0
        """Bytes that arrived, before unpacking."""
        self._unpacker: Unpacker | None = None
        self._parts: list[bytes] = []
        self._judged = 0
        """How much of the head was looked at."""

    def begin(
        self, types: Iterable[str], encodings: str, length: int | None, *, script: bool = False
    ) -> None:
        """The headers arrived. Raises `Refusal`."""
        try:
            media.check_headers(types, script=script)
            check_length(length, self._largest)
            self._unpacker = Unpacker(encodings, self._largest)
        except Refusal as refusal:
            self._cut(refusal)

    def feed(self, piece: bytes) -> None:
        """Some of the body arrived. Raises `Refusal`."""
        if self._unpacker is None:
            return  # not counted as received by us: `finish` refuses
        try:
            self.received += len(piece)
            self._parts.append(self._opened(self._unpacker.feed(piece)))
            if self._judged < media.HEAD:
                head = b"".join(self._parts)[: media.HEAD]
                self._parts = [b"".join(self._parts)]
                media.check_head(head)
                self._judged = len(head)
        except Refusal as refusal:
            self._cut(refusal)

    def finish(self, received: int) -> bytes:
        """The whole body, unpacked. Raises `Refusal`; also if any byte came past this inspection."""
        if self.refusal is not None:
            raise self.refusal
        if received != self.received or (received and self._unpacker is None):
            self._cut(
                Refusal(Reason.MEDIA, "Some of the answer was not inspected; it was dropped.")
            )
        body = b"".join(self._parts)
        self._parts = []
        try:
            if self._unpacker is not None:
                self._unpacker.check_complete()
            if self._file is not None:
                self._file.check_complete()
            media.check_body(body)
        except Refusal as refusal:
            self._cut(refusal)
        return body

    def _opened(self, piece: bytes) -> bytes:
        """The same bytes, or what is in them where they are a packed file that was asked for."""
        if not self._packed or not piece:
            return piece
        if self._file is None:
            encoding = "gzip" if piece.startswith(b"\x1f\x8b") else ""
            self._file = Unpacker(encoding, self._largest)
        return self._file.feed(piece)

    def _cut(self, refusal: Refusal) -> None:
        self.refusal = refusal
        self._parts = []
        raise refusal
