"""Made-up territories: a country of squares on a grid, each commune in an EPCI, an arrondissement, a department…

Codes have the shape of official ones and stand for nothing; names say that they are made up. Nothing here reads
anything real.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import shapely

VINTAGE = 2025
SEED = 20250101
_DEPARTEMENTS = [f"{number:02d}" for number in range(1, 96) if number != 20]
_WEST, _SOUTH, _STEP_LONGITUDE, _STEP_LATITUDE = -1.0, 43.5, 0.036, 0.032
_POINTS_BY_EDGE = 12


@dataclass(frozen=True)
class Country:
    """The lists of a made-up country; ``communes`` is in order of the grid, row after row."""

    communes: pa.Table
    epci: pa.Table
    arrondissements: pa.Table
    departements: pa.Table
    regions: pa.Table
    width: int


def make_country(count: int) -> Country:
    """``count`` communes, some 28 by EPCI, 110 by arrondissement, and as many departments as their codes need."""
    number = np.arange(count)
    rng = np.random.default_rng(SEED)
    by_departement = max(1, min(900, -(-count // len(_DEPARTEMENTS)) if count > 2000 else -(-count // 4)))
    departement = number // by_departement
    codes = [f"{_DEPARTEMENTS[d]}{1 + n % by_departement:03d}" for n, d in zip(number, departement, strict=True)]
    arrondissement = departement * 10 + np.minimum(9, 1 + (number % by_departement) // 110)
    epci = number // 28
    population = np.exp(rng.normal(6.2, 1.2, count)).astype(np.int64) + 20
    columns: dict[str, Any] = {
        "code": codes,
        "name": [f"Commune fictive {n + 1}" for n in number],
        "departement": [_DEPARTEMENTS[d] for d in departement],
        "region": [f"{11 + d // 8}" for d in departement],
        "arrondissement": [f"{_DEPARTEMENTS[a // 10]}{a % 10}" for a in arrondissement],
        "epci": [f"{990000000 + e}" for e in epci],
        "population": population,
    }
    return Country(
        pa.table(columns),
        _list(columns["epci"], "EPCI fictif", {"type": ["CC"] * (int(epci.max()) + 1)}),
        _list(columns["arrondissement"], "Arrondissement fictif"),
        _list(columns["departement"], "Département fictif"),
        _list(columns["region"], "Région fictive"),
        int(np.ceil(np.sqrt(count * 1.15))),
    )


def write_country(country: Country, folder: Path) -> None:
    """The lists as CSV files of ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("communes", "epci", "arrondissements", "departements", "regions"):
        pacsv.write_csv(getattr(country, name), folder / f"{name}.csv")


def write_contours(country: Country, file: Path) -> None:
    """The communes as polygons that share their borders to the last digit, in GeoJSON, longitude and latitude."""
    wkt = shapely.to_geojson(_polygons(country))
    codes = country.communes["code"].to_pylist()
    with file.open("w", encoding="utf-8") as stream:
        stream.write('{"type":"FeatureCollection","features":[\n')
        for at, (code, geometry) in enumerate(zip(codes, wkt, strict=True)):
            comma = ",\n" if at else ""
            stream.write(f'{comma}{{"type":"Feature","properties":{{"code":"{code}"}},"geometry":{geometry}}}')
        stream.write("\n]}\n")


def _polygons(country: Country) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """A square a commune, with wavy borders: a border is drawn once, and both its neighbours have it."""
    count, width = country.communes.num_rows, country.width
    height = -(-count // width)
    rng = np.random.default_rng(SEED + 1)
    along = np.linspace(0, 1, _POINTS_BY_EDGE, endpoint=False)
    wave = np.sin(along * np.pi)
    flat, upright = (
        rng.uniform(-0.1, 0.1, (*shape, 1)) * wave + rng.uniform(-0.006, 0.006, (*shape, len(along)))
        for shape in ((height + 1, width), (height, width + 1))
    )
    flat[..., 0] = upright[..., 0] = 0
    polygons = np.empty(count, dtype=object)
    for number in range(count):
        row, column = divmod(number, width)
        south = np.column_stack([column + along, row + flat[row, column]])
        north = np.column_stack([column + along, row + 1 + flat[row + 1, column]])
        west = np.column_stack([column + upright[row, column], row + along])
        east = np.column_stack([column + 1 + upright[row, column + 1], row + along])
        corner = np.array([[column + 1.0, row + 1.0]])
        top = np.concatenate([north, corner])[::-1][:-1]
        left = np.concatenate([west, [[column, row + 1.0]]])[::-1][:-1]
        ring = np.concatenate([south, east, top, left])
        placed = ring * [_STEP_LONGITUDE, _STEP_LATITUDE] + [_WEST, _SOUTH]
        polygons[number] = shapely.Polygon(np.round(placed, 6))
    return polygons


def _list(codes: list[str], title: str, more: dict[str, list[str]] | None = None) -> pa.Table:
    distinct = list(dict.fromkeys(codes))
    names = [f"{title} {at + 1}" for at in range(len(distinct))]
    return pa.table({"code": distinct, "name": names, **(more or {})})
