"""One answer as it arrives: unpacked, measured and looked at piece by piece, cut at the first lie."""

from collections.abc import Iterable

from spiders.gate import media
from spiders.gate.refusal import Reason, Refusal
from spiders.gate.size import Unpacker, check_length


class Inspection:
    """Looks at an answer while it arrives. Its `body` is the only one that is read afterwards."""

    def __init__(self) -> None:
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
            check_length(length)
            self._unpacker = Unpacker(encodings)
        except Refusal as refusal:
            self._cut(refusal)

    def feed(self, piece: bytes) -> None:
        """Some of the body arrived. Raises `Refusal`."""
        if self._unpacker is None:
            return  # not counted as received by us: `finish` refuses
        try:
            self.received += len(piece)
            self._parts.append(self._unpacker.feed(piece))
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
            media.check_body(body)
        except Refusal as refusal:
            self._cut(refusal)
        return body

    def _cut(self, refusal: Refusal) -> None:
        self.refusal = refusal
        self._parts = []
        raise refusal
