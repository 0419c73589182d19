"""Keccak-256 as Ethereum uses it: SHA-3 with the padding of before the standard.

The Keccak reference, section 1.1 and 1.2; `hashlib` has only the standard's
padding, which gives other digests.
"""

_MASK = (1 << 64) - 1
_RATE = 136
"""Bytes absorbed at a time."""


def _constants() -> tuple[int, ...]:
    """Round constants from the linear feedback shift register of section 1.2."""
    found = []
    state = 1
    for _ in range(24):
        constant = 0
        for place in range(7):
            if state & 1:
                constant |= 1 << ((1 << place) - 1)
            state = state << 1 ^ (0x171 if state & 0x80 else 0)
        found.append(constant)
    return tuple(found)


_CONSTANTS = _constants()


def _turned(lane: int, places: int) -> int:
    places %= 64
    return (lane << places | lane >> (64 - places)) & _MASK


def _permuted(lanes: list[list[int]]) -> list[list[int]]:
    for constant in _CONSTANTS:
        columns = [lane[0] ^ lane[1] ^ lane[2] ^ lane[3] ^ lane[4] for lane in lanes]
        for x in range(5):
            change = columns[(x - 1) % 5] ^ _turned(columns[(x + 1) % 5], 1)
            lanes[x] = [lane ^ change for lane in lanes[x]]
        x, y, moved = 1, 0, lanes[1][0]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            moved, lanes[x][y] = lanes[x][y], _turned(moved, (step + 1) * (step + 2) // 2)
        for y in range(5):
            row = [lanes[x][y] for x in range(5)]
            for x in range(5):
                lanes[x][y] = row[x] ^ (~row[(x + 1) % 5] & _MASK & row[(x + 2) % 5])
        lanes[0][0] ^= constant
    return lanes


def keccak256(message: bytes) -> bytes:
    """The 32-byte digest of a message."""
    padded = bytearray(message) + b"\x01" + bytes(-(len(message) + 1) % _RATE)
    padded[-1] |= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), _RATE):
        for nth in range(_RATE // 8):
            block = padded[start + 8 * nth : start + 8 * nth + 8]
            lanes[nth % 5][nth // 5] ^= int.from_bytes(block, "little")
        lanes = _permuted(lanes)
    return b"".join(lanes[nth][0].to_bytes(8, "little") for nth in range(4))
