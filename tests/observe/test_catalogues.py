"""The catalogue, its lineage, and the home page's live figures."""

from beffroi.observe import Atlas
from beffroi.observe.homes import lately_updated, observe_themes
from beffroi.observe.lineages import observe_lineage
from beffroi.observe.shelves import list_entries


def test_every_declared_thing_is_listed_released_or_not(atlas: Atlas) -> None:
    states = {(entry.kind, entry.id): entry.state for entry in list_entries(atlas, "fr")}
    assert len(states) == 4 + 5 + 5
    assert states["indicator", "land/median_price"] == "unavailable"
    assert states["table", "dvf/statistics"] == "blocked"


def test_filters_narrow_together(atlas: Atlas) -> None:
    found = list_entries(atlas, "fr", words="recensement", theme="housing", kind="indicator")
    assert [entry.id for entry in found] == ["housing/vacancy_rate"]
    assert list_entries(atlas, "fr", words="recensement", theme="mobility") == ()


def test_an_entry_says_how_its_reader_was_verified_at_worst(atlas: Atlas) -> None:
    verified = {entry.id: entry.verified for entry in list_entries(atlas, "fr", kind="indicator")}
    assert verified["income/median_income"] == "documentation"
    assert verified["housing/vacancy_rate"] == "producer"


def test_lineage_goes_from_sources_to_indicators(atlas: Atlas) -> None:
    lineage = observe_lineage(atlas.catalogue, "fr")
    for start, end in lineage.ties:
        assert lineage.nodes[start].column < lineage.nodes[end].column
    assert {node.kind for node in lineage.nodes if node.column == 0} == {"source"}
    assert {node.kind for node in lineage.nodes if node.column == lineage.columns - 1} == {"indicator"}


def test_lineage_of_one_thing_is_what_leads_to_it_and_comes_from_it(atlas: Atlas) -> None:
    names = {node.id for node in observe_lineage(atlas.catalogue, "fr", ("table", "onisr/accidents")).nodes}
    assert names == {"onisr/accidents", "mobility/accident_places", "mobility/accidents"}


def test_each_theme_has_a_live_figure_when_the_perimeter_has_a_value(atlas: Atlas) -> None:
    shelves = {shelf.id: shelf for shelf in observe_themes(atlas, "fr")}
    housing = shelves["housing"].figure
    assert housing is not None
    assert housing.number.endswith("%")
    assert "dans le Pays d’Orve" in housing.words
    assert shelves["income"].figure is None
    assert [m.id for m in shelves["housing"].measures if not m.released] == ["land/median_price"]


def test_what_was_fetched_last_is_said(atlas: Atlas) -> None:
    assert lately_updated(atlas)[0][1].startswith("2026-11-19")
