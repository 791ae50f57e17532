"""Names never lie over one another, and those that are not written are counted."""

from itertools import combinations
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from beffroi.publish.prints.names import Candidate, Names, cut

_SPOTS = st.builds(
    Candidate,
    words=st.sampled_from(["Lens", "Saint-Pol-sur-Ternoise", "Œuf-en-Ternois", "Le Transloy", "Ô"]),
    x=st.floats(0, 120),
    y=st.floats(0, 80),
    weight=st.floats(0, 10),
    radius=st.floats(0, 8),
    room=st.sampled_from([0.0, 5.0, 30.0]),
)


def side_of(names: Names, name) -> tuple[float, float, float, float]:
    wide, high = max(map(names.measure, name.lines)) / 2, names.size * len(name.lines) / 2
    return name.x - wide, name.y - high, name.x + wide, name.y + high


@given(st.lists(_SPOTS, max_size=40))
def test_names_are_apart_and_in_the_frame_and_none_is_lost(candidates):
    names = Names(120, 80, 2.1, Path("nowhere"))
    names.write(candidates)
    assert len(names.written) + names.left_out == len(candidates)
    sides = [side_of(names, name) for name in names.written]
    for west, north, east, south in sides:
        assert min(west, north, 120 - east, 80 - south) > 0
    for one, other in combinations(sides, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_the_weightiest_name_is_written_first():
    names = Names(100, 100, 2.1, Path("nowhere"))
    names.write([Candidate("petit", 50, 50, 1, room=9), Candidate("grand", 50, 50, 9, room=9)])
    assert names.written[0].lines == ("grand",)


def test_a_name_stands_aside_of_marks_and_is_not_given_to_a_neighbour():
    names = Names(100, 100, 2.1, Path("nowhere"))
    names.avoid(50, 50)
    names.write([Candidate("Lens", 50, 50, 1, room=9), Candidate("Saint-Pol-sur-Ternoise", 20, 20, 1, room=1)])
    (name,) = names.written
    assert abs(name.y - 50) > names.size / 2
    assert names.left_out == 1


def test_a_long_name_is_cut_once_near_its_middle():
    assert cut("Saint-Pol-sur-Ternoise") == ("Saint-Pol-", "sur-Ternoise")
    assert cut("Lens") == ("Lens",)
    assert cut("Hénin-Beaumontsssss") == ("Hénin-", "Beaumontsssss")
