"""Published vectors, and every size from 0 to 300."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.ledger import tree

DATA = Path(__file__).parent.parent / "data" / "merkle"
PROBES: dict[str, Any] = json.loads((DATA / "rfc6962_probes.json").read_text())
LEAVES = [tree.leaf_hash(str(number).encode()) for number in range(301)]
ROOTS = [tree.root(LEAVES[:size]) for size in range(301)]


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def _flip(hash_: bytes, bit: int) -> bytes:
    changed = bytearray(hash_)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_published_hashes() -> None:
    wanted = {
        row["desc"]: bytes.fromhex(row["want"])
        for row in json.loads((DATA / "rfc6962_hasher.json").read_text())
    }
    assert wanted == {
        "empty tree": tree.EMPTY_ROOT,
        "empty leaf": tree.leaf_hash(b""),
        "leaf L123456": tree.leaf_hash(b"L123456"),
        "node N123,N456": tree.node_hash(b"N123", b"N456"),
    }


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_published_probes(kind: str) -> None:
    probes = [(name, row) for name, row in PROBES.items() if name.split("/")[1] == kind]
    assert len(probes) == 98
    for name, row in probes:
        proof = [_bytes(node) for node in row["proof"] or []]
        if kind == "inclusion":
            good = tree.includes(
                _bytes(row["root"]), row["treeSize"], row["leafIdx"], _bytes(row["leafHash"]), proof
            )
        else:
            good = tree.consistent(
                _bytes(row["root1"]), row["size1"], _bytes(row["root2"]), row["size2"], proof
            )
        assert good is not row["wantErr"], name


def _plain_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 section 2.1.1, word by word."""
    if not leaves:
        return tree.EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return tree.node_hash(_plain_root(leaves[:split]), _plain_root(leaves[split:]))


def test_every_size_has_the_root_of_the_definition() -> None:
    assert [_plain_root(LEAVES[:size]) for size in range(301)] == ROOTS
    assert len(set(ROOTS)) == 301


def test_every_leaf_of_every_size_is_included() -> None:
    for size in [*range(1, 70), 127, 128, 129, 255, 256, 257, 300]:
        for index in range(size):
            proof = tree.inclusion_proof(LEAVES[:size], index)
            assert tree.includes(ROOTS[size], size, index, LEAVES[index], proof)


def test_every_older_tree_is_consistent() -> None:
    for size in [*range(1, 70), 127, 128, 129, 255, 256, 257, 300]:
        for old in range(1, size + 1):
            proof = tree.consistency_proof(LEAVES[:size], old)
            assert tree.consistent(ROOTS[old], old, ROOTS[size], size, proof)


@given(st.data())
def test_no_inclusion_proof_survives_a_change(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion_proof(LEAVES[:size], index)
    assert tree.includes(ROOTS[size], size, index, LEAVES[index], proof)
    bit = data.draw(st.integers(0, 255))
    assert not tree.includes(_flip(ROOTS[size], bit), size, index, LEAVES[index], proof)
    assert not tree.includes(ROOTS[size], size, index, _flip(LEAVES[index], bit), proof)
    assert not tree.includes(ROOTS[size], size, index, LEAVES[index], [*proof, LEAVES[0]])
    other = data.draw(st.integers(-1, size))
    assert other == index or not tree.includes(ROOTS[size], size, other, LEAVES[index], proof)
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        changed = [*proof[:place], _flip(proof[place], bit), *proof[place + 1 :]]
        assert not tree.includes(ROOTS[size], size, index, LEAVES[index], changed)
        shorter = proof[:place] + proof[place + 1 :]
        assert not tree.includes(ROOTS[size], size, index, LEAVES[index], shorter)


@given(st.data())
def test_no_consistency_proof_survives_a_change(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 300))
    old = data.draw(st.integers(1, size))
    proof = tree.consistency_proof(LEAVES[:size], old)
    assert tree.consistent(ROOTS[old], old, ROOTS[size], size, proof)
    bit = data.draw(st.integers(0, 255))
    assert not tree.consistent(_flip(ROOTS[old], bit), old, ROOTS[size], size, proof)
    assert not tree.consistent(ROOTS[old], old, _flip(ROOTS[size], bit), size, proof)
    assert not tree.consistent(ROOTS[old], old, ROOTS[size], size, [*proof, LEAVES[0]])
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        changed = [*proof[:place], _flip(proof[place], bit), *proof[place + 1 :]]
        assert not tree.consistent(ROOTS[old], old, ROOTS[size], size, changed)


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_frontier_goes_on_where_it_stopped(first: int, last: int) -> None:
    first, last = sorted((first, last))
    frontier = tree.Frontier()
    for leaf in LEAVES[:first]:
        frontier.append(leaf)
    resumed = tree.Frontier(frontier.size, frontier.nodes)
    for leaf in LEAVES[first:last]:
        resumed.append(leaf)
    assert (resumed.size, resumed.root()) == (last, ROOTS[last])
    assert frontier.root() == ROOTS[first]


def test_a_node_is_never_a_leaf() -> None:
    forged = tree.leaf_hash(LEAVES[0] + LEAVES[1])
    assert forged != ROOTS[2]
    assert not tree.includes(ROOTS[4], 4, 0, forged, [tree.node_hash(*LEAVES[2:4])])


def test_what_is_not_there_cannot_be_proven() -> None:
    with pytest.raises(IndexError):
        tree.inclusion_proof(LEAVES[:3], 3)
    with pytest.raises(IndexError):
        tree.consistency_proof(LEAVES[:3], 4)
    with pytest.raises(ValueError, match="full subtrees"):
        tree.Frontier(3, [LEAVES[0]])
