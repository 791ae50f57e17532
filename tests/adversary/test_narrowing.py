"""Who may see a thing can be narrowed at any time: a build that fails elsewhere is no reason to go on showing it."""

from contextlib import suppress

import pytest
from starlette.testclient import TestClient

from beffroi.access import PUBLIC, Reader, partner
from beffroi.errors import BeffroiError
from beffroi.run import BuildOptions, build
from beffroi.serve import create_app
from tests.adversary.worlds import CANARY
from tests.run.conftest import Trial

BROKEN = "code;dwellings;vacant\n99001;beaucoup;5\n"


def indicators(trial: Trial, reader: Reader = PUBLIC) -> set[str]:
    return set(trial.workplace.lake.release(reader).catalogue["indicators"])


def served(trial: Trial) -> TestClient:
    return TestClient(create_app(trial.workplace.lake.release), raise_server_exceptions=False)


def test_a_table_narrowed_while_its_data_are_broken(house: Trial) -> None:
    house.replace("sources/town/dwellings/source.yaml", "  checks:", "  audience: partner:dreal\n  checks:")
    house.write("sources/town/dwellings/dwellings.csv", BROKEN)
    build(house.workplace)
    catalogue = house.workplace.lake.release(PUBLIC).catalogue
    assert not catalogue["indicators"]
    assert "town/dwellings" not in {*catalogue["tables"], *catalogue["sources"]}


def test_an_indicator_narrowed_while_its_data_are_broken(house: Trial) -> None:
    house.replace("indicators/housing/dwellings.yaml", "kind: sum", "kind: sum\naudience: partner:dreal")
    house.write("sources/town/dwellings/dwellings.csv", BROKEN)
    build(house.workplace)
    assert indicators(house) == {"housing/households", "housing/vacancy_rate"}


def test_an_indicator_narrowed_with_a_slip_is_shown_to_nobody(house: Trial) -> None:
    house.replace("indicators/housing/dwellings.yaml", "kind: sum", "kind: sum\naudience: partner:dreall")
    build(house.workplace)
    assert "housing/dwellings" not in indicators(house)
    assert "housing/dwellings" not in indicators(house, partner("dreal"))


def test_a_narrowing_does_not_wait_for_what_was_not_asked_for(house: Trial) -> None:
    house.replace("indicators/housing/dwellings.yaml", "kind: sum", "kind: sum\naudience: partner:dreal")
    build(house.workplace, BuildOptions(only=frozenset({"housing/vacancy_rate"})))
    assert "housing/dwellings" not in indicators(house)


def test_what_goes_from_one_partner_to_another(house: Trial) -> None:
    house.replace("indicators/housing/empty_homes.yaml", "partner:dreal", "partner:cci")
    house.replace("sources/town/owners/source.yaml", "partner:dreal", "partner:cci")
    house.write("sources/town/owners/owners.csv", "code,empty_homes\n99001,beaucoup\n")
    build(house.workplace)
    assert "housing/empty_homes" not in indicators(house, partner("dreal"))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("sources/town/dwellings/source.yaml", "level: commune", "level: communne"),
        ("sources/town/dwellings/table.sql", "select", "selec"),
        ("vocabulary/units.yaml", "symbol: logements", "symbole: logements"),
        ("vocabulary/units.yaml", "one: logement}", "one: logement"),
        ("vocabulary/themes.yaml", "housing: {title:", "housing: {titre:"),
        ("vocabulary/columns.yaml", "type: text", "type: texte"),
        ("indicators/housing/dwellings.yaml", "kind: sum", "kind: somme"),
    ],
)
def test_a_slip_takes_nothing_away_from_readers(house: Trial, file: str, old: str, new: str) -> None:
    """The last good edition of what is at fault, and of all that needs it, is served whole: pages, source, values."""
    before = indicators(house)
    house.replace(file, old, new)
    with suppress(BeffroiError):  # without the official territories nothing is built, and nothing is lost
        build(house.workplace)
    assert indicators(house) == before
    with served(house) as client:
        for address in (
            "/", "/en/", "/catalogue", "/explorer?indicator=housing/dwellings", "/indicateurs/housing/dwellings",
            "/tables/town/dwellings", "/sources/town/dwellings", "/donnees/housing/dwellings.csv", "/api/indicators",
            "/api/series?indicator=housing/vacancy_rate",
        ):  # fmt: skip
            assert client.get(address).status_code == 200, address


def test_sums_are_not_compared_with_what_others_may_not_see(house: Trial) -> None:
    """Sums that differ are told with examples, and examples are values."""
    house.replace(
        "sources/town/dwellings/source.yaml",
        "rows: {change: 0.5, why: Le nombre de communes bouge peu.}",
        "sums: [{column: dwellings, by: code, against: town/owners, against_column: empty_homes, against_by: code, "
        "why: Pour comparer.}]",
    )
    (found,) = house.workplace.check().faults
    assert (found.code, found.place and found.place.file) == ("audience-too-wide", "sources/town/dwellings/source.yaml")
    build(house.workplace)
    assert str(CANARY) not in str(house.workplace.lake.release(PUBLIC).catalogue)


@pytest.mark.parametrize("role", ["epci", "contours", "communes"])
def test_official_territories_are_for_everybody(house: Trial, role: str) -> None:
    house.replace(f"sources/town/{role}/source.yaml", "  key:", "  audience: partner:dreal\n  key:")
    (found,) = house.workplace.check().faults
    assert found.code == "role-not-public"
    assert found.place
    assert found.place.file == f"sources/town/{role}/source.yaml"
