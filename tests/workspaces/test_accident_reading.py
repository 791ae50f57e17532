"""How one row of the accident file becomes one accident: codes of commune, lists written by a program, coordinates."""

import pandas as pd
import pytest

from beffroi.catalog import Catalog
from tests.workspaces.benches import breaches, named, run_select

LISTED = pd.DataFrame(
    [
        (2021, "62498", "COM", None), (2021, "62295", "COM", None), (2021, "62294", "COMD", "62295"),
        (2021, "62691", "COM", None), (2021, "02408", "COM", None), (2021, "2A004", "COM", None),
        (2021, "97101", "COM", None), (2021, "75116", "ARM", "75056"), (2021, "75056", "COM", None),
        (2023, "62294", "COM", None),
    ],
    columns=["vintage", "code", "kind", "parent"],
)  # fmt: skip
FORMER = pd.DataFrame([(2021, "62226", "62691")], columns=["vintage", "code", "commune"])

OLD = {"Num_Acc": "200600000001", "an": "6", "mois": "5", "hrmn": "805", "lum": "1", "agg": "2", "dep": "620",
       "com": "498.0", "lat": "5042830.0", "long": "283300.0"}  # fmt: skip
NEW = {"Num_Acc": "201900000001", "an": "2019", "mois": "5", "hrmn": "23:50", "lum": "5", "agg": "1", "dep": "62",
       "com": "62498", "lat": "50,4283", "long": "2,8330"}  # fmt: skip
PERSON = (
    "{u'an_nais': 1949.0, u'sexe': 1, u'secu': nan, u'grav': %d, u'locp': 0, u'num_veh': u'%s', u'place': 1, "
    "u'catu': %d, u'trajet': 5}"
)
VEHICLE = "{u'choc': 6, u'obsm': 2, u'catv': %d, u'num_veh': u'%s', u'obs': 11, u'occutc': nan}"


def accidents(catalog: Catalog, *rows: dict[str, str]) -> pd.DataFrame:
    filled = [
        {"usagers": f"[{PERSON % (4, 'A01', 1)}]", "vehicules": f"[{VEHICLE % (7, 'A01')}]", **row} for row in rows
    ]
    return run_select(
        named(catalog, "onisr/accidents").sql,
        {"collisions": pd.DataFrame(filled, dtype="string"), "insee/communes": LISTED, "insee/former_communes": FORMER},
    )


@pytest.mark.parametrize(
    ("row", "reported", "commune", "departement"),
    [
        (OLD, "62498", "62498", "62"),
        (NEW, "62498", "62498", "62"),
        (OLD | {"com": "294"}, "62294", "62295", "62"),
        (OLD | {"com": "226"}, "62226", "62691", "62"),
        (OLD | {"com": "911.0"}, "62911", None, "62"),
        (OLD | {"dep": "20", "com": "408"}, "02408", "02408", "02"),
        (OLD | {"dep": "201", "com": "4"}, "2A004", "2A004", "2A"),
        (OLD | {"dep": "971", "com": "101"}, "97101", "97101", "971"),
        (OLD | {"dep": "971", "com": "1"}, "97101", "97101", "971"),
        (OLD | {"dep": "750", "com": "16"}, "75116", "75116", "75"),
        (OLD | {"dep": "750", "com": "116"}, "75116", "75116", "75"),
        (OLD | {"dep": "750", "com": "56"}, "75056", "75056", "75"),
        (OLD | {"com": None}, None, None, "62"),
        (NEW | {"dep": "2", "com": "02408"}, "02408", "02408", "02"),
    ],
)
def test_codes_of_every_period(
    artois: Catalog, row: dict[str, str], reported: str | None, commune: str | None, departement: str
) -> None:
    (found,) = accidents(artois, row).to_dict("records")
    assert (found["commune_reported"], found["commune"], found["departement"]) == pytest.approx(
        (reported, commune, departement), nan_ok=True
    )


def test_overseas_collectivities_are_left_out(artois: Catalog) -> None:
    assert len(accidents(artois, NEW, NEW | {"dep": "988", "com": "98818"})) == 1


def test_year_hour_and_light(artois: Catalog) -> None:
    old, new, midnight, dark = accidents(
        artois, OLD, NEW, OLD | {"hrmn": "5"}, NEW | {"lum": "-1", "hrmn": "00:00"}
    ).to_dict("records")
    assert (old["year"], old["hour"], old["at_night"], old["in_built_up_area"]) == (2006, 8, False, True)
    assert (new["year"], new["hour"], new["at_night"], new["in_built_up_area"]) == (2019, 23, True, False)
    assert midnight["hour"] == 0
    assert dark["hour"] == 0
    assert pd.isna(dark["at_night"])


def test_coordinates_in_both_writings_and_none_that_cannot_be(artois: Catalog) -> None:
    old, new, none = accidents(artois, OLD, NEW, OLD | {"lat": "0.0", "long": "0.0"}).to_dict("records")
    assert (old["longitude"], old["latitude"]) == pytest.approx((2.833, 50.4283))
    assert (new["longitude"], new["latitude"]) == pytest.approx((2.833, 50.4283))
    assert pd.isna(none["longitude"])


def test_victims_are_counted_by_severity(artois: Catalog) -> None:
    users = ", ".join(PERSON % (severity, "A01", 1) for severity in (1, 2, 2, 3, 4, 4, 4))
    (found,) = accidents(artois, OLD | {"usagers": f"[{users}]"}).to_dict("records")
    counted = [found[name] for name in ("unhurt", "killed", "hospitalised", "slightly_injured", "persons")]
    assert counted == [1, 2, 1, 3, 7]


def test_a_killed_cyclist_is_who_rode_the_bicycle(artois: Catalog) -> None:
    """The driver of the car dies with the cyclist; a pedestrian hit by the bicycle is no cyclist."""
    users = ", ".join([PERSON % (2, "B01", 1), PERSON % (2, "A01", 1), PERSON % (2, "B01", 3), PERSON % (1, "C01", 1)])
    vehicles = ", ".join([VEHICLE % (7, "A01"), VEHICLE % (80, "B01"), VEHICLE % (1, "C01")])
    (found,) = accidents(artois, OLD | {"usagers": f"[{users}]", "vehicules": f"[{vehicles}]"}).to_dict("records")
    assert (found["killed"], found["killed_cyclists"], found["killed_pedestrians"]) == (3, 1, 1)


@pytest.mark.parametrize(
    ("category", "vehicle", "strict", "wide"),
    [(3, 7, True, True), (1, 1, True, True), (1, 80, True, True), (4, 7, False, True), (1, 50, False, True),
     (1, 60, False, True), (1, 7, False, False), (2, 10, False, False)],
)  # fmt: skip
def test_pedestrian_or_cyclist(artois: Catalog, category: int, vehicle: int, strict: bool, wide: bool) -> None:
    row = OLD | {"usagers": f"[{PERSON % (4, 'A01', category)}]", "vehicules": f"[{VEHICLE % (vehicle, 'A01')}]"}
    (found,) = accidents(artois, row).to_dict("records")
    assert (found["with_pedestrian_or_cyclist"], found["with_pedestrian_or_cyclist_wide"]) == (strict, wide)


def test_a_vehicle_number_with_an_apostrophe_or_a_hard_space_is_read(artois: Catalog) -> None:
    odd = "{u'an_nais': 1974, u'id_vehicule': u'137\u00a0982\u00a0129', u'grav': 4, u'num_veh': u\"A'1\", u'catu': 1}"
    (found,) = accidents(artois, NEW | {"usagers": f"[{odd}, {PERSON % (1, 'B01', 1)}]"}).to_dict("records")
    assert (found["persons"], found["persons_unread"]) == (2, 0)


def test_a_record_that_reading_would_miss_blocks_the_table(artois: Catalog, tmp_path: object) -> None:
    lost = "{u'an_nais': 1974, u'catu': 1, u'grav': 4, u'num_veh': u'A01'}"
    rows = accidents(artois, OLD | {"usagers": f"[{PERSON % (4, 'A01', 1)}, {lost}]"})
    assert rows["persons_unread"].tolist() == [1]
    faults = breaches(named(artois, "onisr/accidents"), rows, {}, tmp_path)  # type: ignore[arg-type]
    assert "value-not-accepted" in {fault.code for fault in faults}
