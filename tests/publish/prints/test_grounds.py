"""Metres on the ground, millimetres on paper: the projection's stretch is taken off, and north is where it is."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from beffroi.publish.prints.contours import measure_bearing
from beffroi.publish.prints.grounds import hold, lay_paper, round_scale, to_metres
from beffroi.publish.prints.papers import PAPERS, Box, lay_out

_FRAME = Box(0, 0, 300, 200)


@given(st.floats(-4.5, 9.0), st.floats(42.0, 51.0), st.floats(0, 360))
def test_in_the_middle_a_centimetre_is_what_the_scale_says(longitude, latitude, azimuth):
    ground = lay_paper(*to_metres(longitude, latitude), 100_000, _FRAME)
    east, north, _ = Geod(ellps="GRS80").fwd(longitude, latitude, azimuth, 5_000)
    spot = ground.place(np.asarray([to_metres(east, north)]))[0]
    assert np.hypot(spot[0] - 150, spot[1] - 100) == pytest.approx(50, rel=2e-4)


@given(st.floats(-4.5, 9.0), st.floats(42.0, 51.0))
def test_north_leans_as_the_convergence_of_the_meridians_says(longitude, latitude):
    ground = lay_paper(*to_metres(longitude, latitude), 100_000, _FRAME)
    # Lambert-93: the convergence is the distance to the meridian of 3° times the exponent of the cone.
    assert ground.north == pytest.approx((3 - longitude) * 0.7256077650, abs=1e-3)


def test_the_drift_of_the_scale_is_counted_at_the_edges():
    near, far = lay_paper(*to_metres(2.8, 50.4), 25_000, _FRAME), lay_paper(*to_metres(2.8, 46.5), 5_000_000, _FRAME)
    assert near.drift < 1e-4
    assert far.drift > 3e-3


@given(st.floats(1_000, 900_000), st.floats(1_000, 900_000))
def test_a_frame_holds_what_it_is_chosen_for(width, height):
    x, y = to_metres(3.0, 47.0)
    extent = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    ground = lay_paper(x, y, hold(extent, _FRAME), _FRAME)
    west, south, east, north = ground.extent
    assert (west <= extent[0], south <= extent[1], east >= extent[2], north >= extent[3]) == (True,) * 4


def test_scales_are_round_and_bounded():
    assert [round_scale(least) for least in (1, 510, 26_000, 100_000, 100_001, 9e9)] == [
        500, 600, 30_000, 100_000, 125_000, 5_000_000,
    ]  # fmt: skip


@pytest.mark.parametrize("paper", PAPERS.values(), ids=str)
@pytest.mark.parametrize("upright", [True, False])
def test_the_parts_of_a_sheet_are_on_it_and_apart(paper, upright):
    layout = lay_out(paper, upright=upright)
    for box in (layout.head, layout.plate, layout.words):
        assert min(box.x, box.y) >= paper.margin
        assert box.x + box.width <= layout.width - paper.margin + 1e-6
        assert box.y + box.height <= layout.height - paper.margin + 1e-6
    apart = (
        layout.plate.x + layout.plate.width <= layout.words.x or layout.plate.y + layout.plate.height <= layout.words.y
    )
    assert apart
    assert layout.frame.width * layout.frame.height > 0.4 * layout.width * layout.height


def test_contours_bear_what_their_longest_half_allows():
    coarse = shapely.Polygon([(0, 0), (1000, 0), (1000, 1000), (0, 1000)])
    fine = shapely.segmentize(coarse, 50)
    assert measure_bearing([coarse]).scale == 250_000
    assert measure_bearing([fine]).scale == 12_500
    assert measure_bearing([shapely.Point(0, 0)]) is None
