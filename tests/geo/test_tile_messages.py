"""Bytes of tiles written by whole arrays: the same as one by one."""

import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.geo.tile_messages import chain, encode_numbers, encode_values, join, list_spans
from tests.lake.tile_readings import _value, fields, varints

NUMBERS = st.lists(st.integers(0, 2**63 - 1), max_size=50)


@given(NUMBERS)
def test_numbers_come_back(numbers):
    runs = encode_numbers(np.array(numbers, np.int64))
    assert list(varints(runs.data.tobytes())) == numbers
    assert runs.lengths.sum() == len(runs.data)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=20))
def test_spans_follow_one_another(spans):
    starts, lengths = np.array(spans, np.int64).reshape(-1, 2).T
    said = [number for start, length in spans for number in range(start, start + length)]
    assert list_spans(starts, lengths).tolist() == said


@given(NUMBERS, st.data())
def test_runs_are_taken_chained_and_joined(numbers, data):
    runs = encode_numbers(np.array(numbers, np.int64))
    pieces = [runs.data[start : start + size].tobytes() for start, size in zip(runs.starts, runs.lengths, strict=True)]
    rows = data.draw(st.lists(st.integers(0, len(numbers) - 1), max_size=20)) if numbers else []
    taken = runs.take(np.array(rows, np.int64))
    assert taken.data.tobytes() == b"".join(pieces[row] for row in rows)
    assert chain([runs, taken]).data.tobytes() == b"".join(pieces) + taken.data.tobytes()
    if numbers:
        assert join([runs, runs]).data.tobytes() == b"".join(piece * 2 for piece in pieces)


@pytest.mark.parametrize(
    ("values", "kind", "read"),
    [
        (["", "é", "a" * 300, "🏘"], pa.string(), None),
        ([0, 1, -1, 2**53, -(2**60), 2**63 - 1], pa.int64(), None),
        ([0.0, -0.5, 1e300, 3.0, -7.0, 2.0**60, 1 / 3], pa.float64(), None),
        ([True, False], pa.bool_(), None),
        ([datetime.date(2020, 2, 29)], pa.date32(), ["2020-02-29"]),
        ([], pa.string(), None),
    ],
)
def test_values_come_back(values: list[Any], kind: pa.DataType, read: list[Any] | None):
    runs = encode_values(pa.array(values, kind))
    told = [_value(body) for number, body in fields(runs.data.tobytes()) if number == 4]
    assert told == (values if read is None else read)
    assert len(runs) == len(values)


def test_values_of_a_part_of_an_array_are_those_of_the_part():
    runs = encode_values(pa.array(["zero", "one", "two", "three"]).slice(1, 2))
    assert [_value(body) for _, body in fields(runs.data.tobytes())] == ["one", "two"]
