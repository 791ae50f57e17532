"""Filters: the same tree from text and from JSON, the same answer as by hand, and nothing of them reaches the engine as
anything but a value."""

import json

import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from beffroi.errors import BeffroiError
from beffroi.lake import cql2
from beffroi.lake.cql2_texts import read_text
from beffroi.lake.features import FeatureEngine, FeatureQuery
from beffroi.lake.filters import Choice, choose, make_condition, read_filter
from tests.lake.cql2_writings import WORDS, answer, conditions, write_json, write_text
from tests.lake.layer_benches import LayerBench
from tests.serve.ogc_worlds import COLUMNS, parcels

ATTRIBUTES = {name: kind for name, kind in COLUMNS.items() if name not in ("id", "shape")}
KEPT = {(1, True), (1, False), (2, True)}
OFTEN = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Asked:
    """Parcels of which one asks which ones meet a condition."""

    def __repr__(self) -> str:
        return "parcels"

    def __init__(self, bench: LayerBench) -> None:
        self.rows = parcels()
        inputs = bench.table(self.rows, COLUMNS)
        self.item = bench.make(bench.layer(inputs, list(ATTRIBUTES)), inputs)
        self.engine = FeatureEngine(bench.lake.objects, bench.lake.limits)

    def ids(self, **choice) -> set[str]:
        query = FeatureQuery(where=choose(Choice(**choice), ATTRIBUTES), geometry=False)
        return set(self.engine.page(self.item, query)["fid"].to_pylist())

    def text(self, said: str, **choice) -> set[str]:
        return self.ids(said=said, **choice)

    def by_hand(self, keep) -> set[str]:
        return {row["id"] for row in self.rows if keep(row)}


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> Asked:
    return Asked(LayerBench(tmp_path_factory.mktemp("filters")))


def code_of(said: str, form: str = "cql2-text", **choice) -> str:
    with pytest.raises(BeffroiError) as caught:
        choose(Choice(said=said, form=form, **choice), ATTRIBUTES)
    fault = caught.value.faults[0]
    assert fault.message("fr")
    assert fault.message("en")
    return fault.code


@OFTEN
@given(conditions())
def test_text_and_json_give_back_the_tree_that_they_were_written_from(tree):
    assert read_text(write_text(tree)) == tree
    assert cql2.read_json(write_json(tree)) == tree


@OFTEN
@given(conditions())
def test_rows_are_those_that_the_same_condition_keeps_by_hand(asked, tree):
    query = FeatureQuery(where=make_condition(tree, ATTRIBUTES), geometry=False)
    found = set(asked.engine.page(asked.item, query)["fid"].to_pylist())
    assert found == asked.by_hand(lambda row: answer(tree, row) is True), write_text(tree)


@OFTEN
@given(conditions(1))
def test_an_independent_reader_sees_the_same_tree(tree):
    oracle = pytest.importorskip("cql2")
    assert cql2.read_json(json.dumps(oracle.parse_text(write_text(tree)).to_json())) == _as_read(tree)


def _as_read(tree):
    """A tree as the other reader keeps it: every number a floating one."""
    if isinstance(tree, cql2.Operation):
        return cql2.Operation(tree.op, tuple(map(_as_read, tree.args)))
    if isinstance(tree, cql2.Value) and isinstance(tree.value, int) and not isinstance(tree.value, bool):
        return cql2.Value(float(tree.value))
    return tree


@pytest.mark.parametrize(
    ("said", "keep"),
    [
        ("name = 'O''Hara'", lambda x: x["name"] == "O'Hara"),
        ("name = 'O\\'Hara'", lambda x: x["name"] == "O'Hara"),
        ("CASEI(ACCENTI(name)) LIKE CASEI(ACCENTI('É%'))", lambda x: x["name"] == "Été"),
        ("name LIKE 'a\\_b'", lambda x: x["name"] == "a_b"),
        ("name LIKE '%100\\%'", lambda x: x["name"] == "Béthune 100%"),
        ("floors = 1 OR floors = 2 AND listed = TRUE", lambda x: (x["floors"], x["listed"]) in KEPT),
        ("NOT floors BETWEEN 1 AND 3", lambda x: not 1 <= x["floors"] <= 3),
        ("floors NOT IN (1, 2)", lambda x: x["floors"] not in (1, 2)),
        ("height IS NULL", lambda x: x["height"] is None),
        ("height is not null and height * 4 % 2 = 0", lambda x: x["height"] and x["height"] * 4 % 2 == 0),
        ("-floors ^ 2 < -3", lambda x: False),
        ("-(floors ^ 2) < -3", lambda x: x["floors"] >= 2),
        ("floors - 1 - 1 = 0", lambda x: x["floors"] == 2),
        ("height / (floors - floors) > 0", lambda x: False),
        ("built >= DATE('2010-01-01')", lambda x: x["built"] is not None and x["built"].year >= 2010),
        ("T_DURING(built, INTERVAL('2003-12-31', '2005-01-01'))", lambda x: x["built"] and x["built"].year == 2004),
        ("T_AFTER(built, TIMESTAMP('2010-01-01T00:00:00+01:00'))", lambda x: x["built"] and x["built"].year >= 2010),
        ("floors > height", lambda x: x["height"] is not None and x["floors"] > x["height"]),
        ('"name" = \'arras\'', lambda x: x["name"] == "arras"),
        ("listed", lambda x: x["listed"]),
    ],
)  # fmt: skip
def test_what_filters_mean(asked, said, keep):
    assert asked.text(said) == asked.by_hand(keep)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (r"'it''s'", "it's"),
        (r"'it\'s'", "it's"),
        (r"'\\''a%'", "\\\\'a%"),
        (r"''", ""),
        (r"'\'", "\\"),
        (r"'a\b'", "a\\b"),
    ],
)
def test_quotes_inside_a_text(said, value):
    assert read_text(f"name = {said}").args[1] == cql2.Value(value)


SQUARE = shapely.box(2.495, 50.495, 2.523, 50.513)


def touching(asked: Asked, shape=SQUARE) -> set[str]:
    return asked.by_hand(lambda row: shapely.intersects(row["shape"], shape))


def test_shapes_are_read_in_the_system_and_the_order_that_the_asker_says(asked):
    near = touching(asked)
    assert near
    assert asked.text(f"S_INTERSECTS(geometry, {SQUARE.wkt})") == near
    assert asked.text("S_INTERSECTS(BBOX(2.495, 50.495, 2.523, 50.513), geometry)") == near
    assert asked.text("S_INTERSECTS(geometry, BBOX(50.495, 2.495, 50.513, 2.523))", north_first=True) == near
    for crs in ("EPSG:2154", "EPSG:3857"):
        moved = shapely.transform(
            shapely.segmentize(SQUARE, 0.001),
            Transformer.from_crs(4326, crs, always_xy=True).transform,
            interleaved=False,
        )
        assert asked.text(f"S_INTERSECTS(geometry, {moved.wkt})", crs=crs) == near
    assert asked.text(f"S_DISJOINT(geometry, {SQUARE.wkt})") == asked.by_hand(lambda row: True) - near


def test_a_shape_that_crosses_itself_is_the_area_that_it_encloses(asked):
    bow = "POLYGON((2.5 50.5, 2.52 50.52, 2.52 50.5, 2.5 50.52, 2.5 50.5))"
    assert "P000" in asked.text(f"S_INTERSECTS(geometry, {bow})")


def test_a_box_across_the_antimeridian_is_two(asked):
    assert asked.text("S_INTERSECTS(geometry, BBOX(170, 50, 2.6, 51))") == asked.by_hand(lambda row: True)
    assert asked.text("S_INTERSECTS(geometry, BBOX(170, 50, -170, 51))") == set()


@pytest.mark.parametrize(
    ("said", "extent"),
    [
        ("S_INTERSECTS(geometry, BBOX(1, 2, 3, 4))", (1, 2, 3, 4)),
        ("S_WITHIN(geometry, BBOX(1, 2, 3, 4)) AND S_TOUCHES(geometry, BBOX(2, 2, 5, 3))", (2, 2, 3, 3)),
        ("S_INTERSECTS(geometry, BBOX(1, 2, 3, 4)) OR S_INTERSECTS(geometry, POINT(9 9))", (1, 2, 9, 9)),
        ("S_INTERSECTS(geometry, BBOX(1, 2, 3, 4)) OR floors = 1", None),
        ("S_INTERSECTS(geometry, BBOX(1, 2, 3, 4)) AND floors = 1", (1, 2, 3, 4)),
        ("NOT S_INTERSECTS(geometry, BBOX(1, 2, 3, 4))", None),
        ("S_DISJOINT(geometry, BBOX(1, 2, 3, 4))", None),
    ],
)  # fmt: skip
def test_the_extent_of_what_can_be_kept_is_worked_out(said, extent):
    assert make_condition(read_text(said), ATTRIBUTES).extent == extent


def test_values_of_addresses_are_read_as_their_attribute(asked):
    assert asked.ids(equal={"floors": "2", "listed": "true"}) == asked.by_hand(
        lambda r: r["floors"] == 2 and r["listed"]
    )
    assert asked.ids(equal={"height": "0.25"}) == {"P001"}
    assert asked.ids(equal={"name": "O'Hara"}) == asked.by_hand(lambda row: row["name"] == "O'Hara")
    assert asked.ids(equal={"built": "2000-02-01"}) == {"P001"}
    for name, value in (
        ("floors", "deux"),
        ("floors", "٣"),
        ("listed", "oui"),
        ("built", "hier"),
        ("height", "nan"),
        ("height", "1e999"),
    ):
        with pytest.raises(BeffroiError):
            choose(Choice(equal={name: value}), ATTRIBUTES)


def test_a_moment_keeps_what_has_no_date(asked):
    undated = asked.by_hand(lambda row: row["built"] is None)
    within = asked.by_hand(lambda row: row["built"] is not None and row["built"].year == 2004)
    assert asked.ids(moment="2004-01-01/2004-12-31", moment_of="built") == within | undated
    assert asked.ids(moment="2004-01-01T00:00:00Z/2004-12-31T23:59:59Z", moment_of="built") == within | undated
    assert choose(Choice(moment="2004-01-01"), ATTRIBUTES) is None
    later = asked.by_hand(lambda row: row["built"] is None or row["built"].year >= 2010)
    assert (
        asked.ids(moment="2010-01-01/..", moment_of="built")
        == asked.ids(moment="2010-01-01/", moment_of="built")
        == later
    )


@given(st.text(max_size=40) | WORDS)
@example("'; DROP TABLE x; --")
@example("' OR 1=1 --")
@example("x'); ATTACH '/etc/passwd' AS y; --")
@OFTEN
def test_no_value_is_ever_sql(asked, said):
    assert asked.ids(equal={"name": said}) == asked.by_hand(lambda row: row["name"] == said)
    tree = cql2.Operation("=", (cql2.Property("name"), cql2.Value(said)))
    condition = make_condition(tree, ATTRIBUTES)
    assert (condition.sql, condition.parameters) == ('("name") = (?)', (said,))


@given(st.text(max_size=60))
@OFTEN
def test_whatever_is_written_is_a_condition_or_a_fault(asked, said):
    refused = []
    for form in ("cql2-text", "cql2-json"):
        try:
            asked.ids(said=said or "?", form=form)
        except BeffroiError as error:
            refused.append(error.http_status)
    assert set(refused) <= {400}


@given(st.lists(st.sampled_from(
    ["floors", "name", "(", ")", "AND", "OR", "NOT", "=", "<", "'x'", "1", ",", "IN", "LIKE", "BETWEEN", "IS", "NULL",
     "-", "S_INTERSECTS", "geometry", "POINT", "BBOX", "DATE", "INTERVAL", "'2020-01-01'", "CASEI", "TRUE", "built"]
), max_size=14))  # fmt: skip
@OFTEN
def test_words_of_the_language_in_any_order_are_a_condition_or_a_fault(asked, words):
    status = 200
    try:
        asked.text(" ".join(words) or "?")
    except BeffroiError as error:
        status = error.http_status
    assert status in (200, 400)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("THIS IS NOT A FILTER", "filter-not-understood"),
        ("floors = ", "filter-not-understood"),
        ("floors = 1 AND", "filter-not-understood"),
        ("floors = 1; DROP TABLE x", "filter-not-understood"),
        ("floors = 1 = 1", "filter-not-understood"),
        ("name = 'abc", "filter-not-understood"),
        ("floors = 1e999", "filter-not-understood"),
        ("floors IN ()", "filter-not-understood"),
        ("CASEI(name, name) = 'a'", "filter-not-understood"),
        ("S_INTERSECTS(geometry, BBOX(1, 2, 3))", "filter-not-understood"),
        ("S_INTERSECTS(geometry, POINT(1))", "filter-not-understood"),
        ("S_INTERSECTS(geometry, POLYGON EMPTY)", "filter-not-understood"),
        ("nam = 'a'", "unknown-attribute-asked"),
        ("xmin < 3", "unknown-attribute-asked"),
        ("fid = 'P001'", "unknown-attribute-asked"),
        ("read_csv('/etc/passwd') = 'a'", "filter-function-unknown"),
        ("S_DWITHIN(geometry, POINT(2 50), 3)", "filter-function-unknown"),
        ("name = 3", "filter-types-differ"),
        ("floors = '3'", "filter-types-differ"),
        ("built > '2020-01-01'", "filter-types-differ"),
        ("built > TIMESTAMP('2020-01-01T00:00:00Z')", "filter-types-differ"),
        ("floors", "filter-types-differ"),
        ("floors AND listed", "filter-types-differ"),
        ("geometry = POINT(2 50)", "filter-types-differ"),
        ("listed < TRUE", "filter-types-differ"),
        ("floors IN (1, 'a')", "filter-types-differ"),
        ("T_AFTER(name, DATE('2020-01-01'))", "filter-types-differ"),
        ("S_INTERSECTS(name, POINT(2 50))", "filter-types-differ"),
        ("name LIKE floors", "filter-pattern-refused"),
        (f"name LIKE '{'%a' * 300}'", "filter-pattern-refused"),
        ("built = DATE('2020-13-45')", "filter-date-unknown"),
        ("built = DATE('2020-W01-1')", "filter-date-unknown"),
        ("S_INTERSECTS(geometry, POLYGON((2 50, 3 50)))", "filter-shape-refused"),
        ("S_INTERSECTS(geometry, POINT(200 50))", "filter-shape-nowhere"),
        ("S_INTERSECTS(geometry, BBOX(1000000, 1000000, 2000000, 2000000))", "filter-shape-nowhere"),
        ("S_INTERSECTS(geometry, BBOX(2, 51, 3, 50))", "bbox-inverted"),
        ("(" * 70 + "listed" + ")" * 70, "filter-too-large"),
        ("(" * 20_000, "filter-too-large"),
        ("NOT " * 5_000 + "listed", "filter-too-large"),
        ("floors = " + "-" * 5_000 + "1", "filter-too-large"),
        ("floors = 1" + " + 1" * 200, "filter-too-large"),
        (" OR ".join(["listed"] * 3_000), "filter-too-large"),
        (f"floors IN ({', '.join(['1'] * 1_500)})", "filter-too-large"),
        ("name = '" + "a" * 70_000 + "'", "filter-too-large"),
        ("S_INTERSECTS(geometry, LINESTRING(" + ",".join(["2 5"] * 12_000) + "))", "filter-too-large"),
        ("S_INTERSECTS(geometry, " + "GEOMETRYCOLLECTION(" * 100 + "POINT(2 50)" + ")" * 100 + ")", "filter-too-large"),
        ("S_INTERSECTS(geometry, POLYGON" + "(" * 5_000 + ")" * 5_000 + ")", "filter-too-large"),
    ],
)  # fmt: skip
def test_each_way_of_going_wrong_has_its_fault(said, code):
    assert code_of(said) == code


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{", "filter-not-understood"),
        ("null", "filter-not-understood"),
        ('{"op": "=", "args": [{"property": "floors"}, NaN]}', "filter-not-understood"),
        ('{"op": "=", "args": [{"property": "name"}, "\\ud800"]}', "filter-not-understood"),
        ('{"op": "=", "args": [{"property": "floors"}]}', "filter-not-understood"),
        ('{"op": "in", "args": [{"property": "floors"}, []]}', "filter-not-understood"),
        ('{"op": "evil", "args": []}', "filter-function-unknown"),
        ('{"op": "=", "args": [{"property": "floors"}, ' + "9" * 5_000 + "]}", "filter-not-understood"),
        ('{"op":"not","args":[' * 200 + "true" + "]}" * 200, "filter-too-large"),
        ("[" * 50_000, "filter-too-large"),
        ('{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Circle", "coordinates": [1]}]}',
         "filter-not-understood"),
        ('{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": ["2", 5]}]}',
         "filter-not-understood"),
    ],
)  # fmt: skip
def test_json_that_goes_wrong_has_its_fault_too(said, code):
    assert code_of(said, "cql2-json") == code


def test_other_languages_and_systems_are_refused():
    assert code_of("floors = 1", "ecql") == "filter-form-unknown"
    assert code_of("floors = 1", crs="EPSG:27572") == "crs-not-offered"


def test_a_fault_names_the_nearest_attribute():
    with pytest.raises(BeffroiError) as caught:
        make_condition(read_filter("flors = 1", "cql2-text"), ATTRIBUTES)
    assert caught.value.faults[0].nearest == "floors"


def test_many_alternatives_are_answered(asked):
    said = " OR ".join(f"floors = {rank % 3}" for rank in range(600))
    assert asked.text(said) == asked.by_hand(lambda row: row["floors"] < 3)
