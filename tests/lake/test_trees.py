"""One root for many things: any of them leads to it, and nothing else does."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.lake.trees import EMPTY, Leaf, climb, grow_root, prove_leaf

SHA256 = hashlib.sha256(b"x").hexdigest()


def make(count: int) -> list[Leaf]:
    return [Leaf(f"file:{number}.csv", hashlib.sha256(str(number).encode()).hexdigest()) for number in range(count)]


@given(st.integers(1, 40), st.data())
def test_every_leaf_leads_to_the_root(count: int, data: st.DataObject) -> None:
    leaves = make(count)
    place = data.draw(st.integers(0, count - 1))
    assert climb(leaves[place], prove_leaf(leaves, place)) == grow_root(leaves)


@given(st.integers(2, 20), st.data())
def test_another_file_or_another_name_leads_elsewhere(count: int, data: st.DataObject) -> None:
    leaves = make(count)
    place = data.draw(st.integers(0, count - 1))
    steps, root = prove_leaf(leaves, place), grow_root(leaves)
    assert climb(replace(leaves[place], sha256=SHA256), steps) != root
    assert climb(replace(leaves[place], name="file:other.csv"), steps) != root


def test_a_proof_is_as_long_as_the_tree_is_high() -> None:
    assert len(prove_leaf(make(1024), 511)) == 10
    assert prove_leaf(make(1), 0) == ()


def test_the_order_and_the_number_of_leaves_are_part_of_the_root() -> None:
    leaves = make(5)
    roots = {grow_root(leaves), grow_root(leaves[::-1]), grow_root(leaves[:4]), grow_root([*leaves, leaves[4]])}
    assert len(roots) == 4
    assert grow_root([]) == EMPTY


@pytest.mark.parametrize("count", [2, 3, 7])
def test_a_node_never_passes_for_a_leaf(count: int) -> None:
    leaves = make(count)
    assert grow_root(leaves) != Leaf("", grow_root(leaves)).mark
