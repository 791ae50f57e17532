"""Made-up workspaces, of the size that a question needs: text and data written into an empty folder.

Run as ``python -m benchmarks.workspaces KIND FOLDER SIZE…``, so that what measures stays small.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from ruamel.yaml import YAML

from benchmarks.territories import SEED, VINTAGE, Country, make_country, write_contours, write_country
from benchmarks.transactions import FIRST_YEAR, YEARS, write_transactions

WHY = "Données fictives : elles ne servent qu'à mesurer des durées."
LEVELS = ["commune", "epci", "grouping", "arrondissement", "departement", "region", "pays"]

_LISTS: dict[str, dict[str, str]] = {
    "communes": {
        "kind": "text", "parent": "text", "departement": "text", "region": "text", "arrondissement": "text",
        "epci": "text", "population": "integer",
    },
    "epci": {"type": "text"},
    "departements": {"region": "text"},
    "regions": {},
    "arrondissements": {"departement": "text"},
}  # fmt: skip
_LIST_SELECTS = {
    "communes": "'COM' AS kind, NULL::VARCHAR AS parent, departement, region, arrondissement, epci, "
    "population::BIGINT AS population",
    "epci": "type",
    "departements": "NULL::VARCHAR AS region",
    "regions": "",
    "arrondissements": "left(code, 2) AS departement",
}


def write_national(folder: Path, communes: int, rows: int) -> None:
    """A country of ``communes``, one table of ``rows`` sales, five indicators of every kind that adds up or ranks."""
    country = make_country(communes)
    _write_ground(folder, country, {"transactions": "ventes"})
    _write_transactions_source(folder)
    write_transactions(folder / "sources/fictif/transactions/transactions.csv", rows, country.communes)
    table: dict[str, Any] = {"table": "fictif/transactions"}
    _indicator(folder, "transactions", {"kind": "count", **table})
    _indicator(folder, "value", {"kind": "sum", **table, "column": "price_eur"})
    _indicator(
        folder,
        "price_per_m2",
        {"kind": "ratio", **table, "numerator": {"sum": "price_eur", "where": _built()},
         "denominator": {"sum": "built_area_m2", "where": _built()}},
    )  # fmt: skip
    _indicator(
        folder,
        "share_of_houses",
        {"kind": "ratio", **table, "numerator": {"count": "rows", "where": {"kind": "house"}},
         "denominator": {"count": "rows"}, "unit": "percent"},
    )  # fmt: skip
    _indicator(folder, "median_price", {"kind": "quantile", **table, "column": "price_eur", "where": _built()})


def write_contoured(folder: Path, communes: int) -> None:
    """A country of ``communes`` with their contours, and one indicator."""
    country = make_country(communes)
    _write_ground(folder, country, {}, contours=True)
    _write_counted(folder, country, "fictif/stock", years=1, seed=1)
    _indicator(folder, "stock", {"kind": "sum", "table": "fictif/stock", "column": "amount"})


def write_many(folder: Path, things: int) -> None:
    """A small country and ``things`` declared things: a tenth sources with their tables, a tenth derived tables, the
    rest indicators."""
    country = make_country(40)
    _write_ground(folder, country, {})
    tenth = things // 10
    for number in range(tenth):
        _write_counted(folder, country, f"fictif/source_{number}", years=2, seed=number)
        _write_derived(folder, f"fictif/derived_{number}", f"fictif/source_{number}")
    for number in range(things - 2 * tenth):
        table = f"fictif/{'source' if number % 2 else 'derived'}_{number % tenth}"
        _indicator(folder, f"indicator_{number}", {"kind": "sum", "table": table, "column": "amount"})


def write_observatory(folder: Path, indicators: int) -> None:
    """322 communes with contours, ten years, as many ``indicators`` as asked: the size of a reference agency."""
    country = make_country(322)
    _write_ground(folder, country, {}, contours=True)
    for number in range(max(1, indicators // 3)):
        _write_counted(folder, country, f"fictif/source_{number}", years=10, seed=number)
    for number in range(indicators):
        table = f"fictif/source_{number % max(1, indicators // 3)}"
        declared: dict[str, Any] = {"kind": "sum", "table": table, "column": "amount"}
        if number % 3 == 1:
            parts = {"numerator": "part", "denominator": "amount"}
            declared = {"kind": "ratio", "table": table, **parts, "unit": "percent"}
        if number % 3 == 2:
            declared = {"kind": "count", "table": table, "where": {"part": {"min": 10}}}
        _indicator(folder, f"indicator_{number}", declared)


def write_exported(folder: Path, observatories: int) -> None:
    """The same territory with so many ``observatories``: one page each, for every territory, with two charts of the
    territory in hand, key figures and a table."""
    write_observatory(folder, 12)
    for number in range(observatories):
        first, second, third = (f"fiction/indicator_{(number + step) % 12}" for step in (0, 1, 2))
        where = folder / f"observatories/sujet_{number}"
        about = {"title": f"Sujet {number} (fictif)", "summary": "Données fictives.", "pages": ["index"]}
        _write(where / "observatory.yaml", {**about, "themes": ["fiction"], "state": "draft"})
        (where / "index.md").write_text(_PAGE.format(number=number, first=first, second=second, third=third), "utf-8")


_PAGE = """---
title: Sujet {number} {{{{ here.in }}}}
summary: Une page fictive, pour mesurer.
levels: [commune, epci, grouping]
compared: [epci, perimeter]
---
Il y en a {{{{ {first} }}}}, et {{{{ {third}, show: rank }}}}.

```key_figures
indicators: [{first}, {second}, {third}]
```

## Depuis dix ans

```line
indicator: {first}
```

## Une part

```line
indicator: {second}
```

```comparison
indicators: [{first}, {second}, {third}]
```
"""


def _built() -> dict[str, list[str]]:
    return {"kind": ["house", "flat"]}


def _write_ground(folder: Path, country: Country, units: Mapping[str, str], *, contours: bool = False) -> None:
    """The workspace itself, its vocabulary, its perimeter (the whole country) and the lists of territories."""
    roles = {name: f"fictif/{name}" for name in _LISTS} | ({"contours": "fictif/contours"} if contours else {})
    _write(
        folder / "workspace.yaml",
        {
            "format": 1,
            "title": "Pays fictif",
            "sentence": "Données fictives : un pays qui n'existe pas.",
            "publisher": "Personne",
            "perimeter": "everything",
            "reference_vintage": VINTAGE,
            "levels": LEVELS,
            "territories": roles,
            "synthetic": True,
            "why": WHY,
        },
    )
    _write(folder / "vocabulary/themes.yaml", {"fiction": {"title": "Fiction"}})
    _write(
        folder / "vocabulary/units.yaml",
        {
            "things": {"symbol": "choses"},
            "percent": {"symbol": "%", "decimals": 1, "factor": 100},
            **{name: {"symbol": symbol} for name, symbol in units.items()},
        },
    )
    _write(
        folder / "territories/everything.yaml",
        {"title": "Tout le pays fictif", "members": {"epci": country.epci["code"].to_pylist()}},
    )
    write_country(country, folder / "lists")
    for name, more in _LISTS.items():
        columns = {"vintage": "integer", "code": "text", "name": "text", **more}
        _write_source(folder, f"fictif/{name}", columns, ["vintage", "code"], {})
        (folder / f"lists/{name}.csv").rename(folder / f"sources/fictif/{name}/{name}.csv")
        listed = ", ".join(part for part in (f"{VINTAGE} AS vintage, code, name", _LIST_SELECTS[name]) if part)
        _write_select(folder, f"sources/fictif/{name}", f"SELECT {listed}\nFROM {name}\n")
    (folder / "lists").rmdir()
    if contours:
        columns = {"vintage": "integer", "code": "text", "geometry": "geometry"}
        as_read = {"crs": "EPSG:4326", "file": "contours.geojson", "read": {"format": "geojson"}}
        _write_source(folder, "fictif/contours", columns, ["vintage", "code"], as_read)
        select = f"SELECT {VINTAGE} AS vintage, code, ST_GeomFromWKB(geometry) AS geometry\nFROM contours\n"
        _write_select(folder, "sources/fictif/contours", select)
        write_contours(country, folder / "sources/fictif/contours/contours.geojson")


def _write_transactions_source(folder: Path) -> None:
    columns = {
        "id": "text", "date": "date", "year": "integer", "commune": "text", "kind": "text", "price_eur": "integer",
        "built_area_m2": "integer", "rooms": "integer", "street": "text",
    }  # fmt: skip
    more: dict[str, Any] = {
        "territory": {"column": "commune", "level": "commune", "vintage": VINTAGE},
        "period": {"column": "year"},
        "types": {"date": "date", "price_eur": "integer", "built_area_m2": "integer", "rooms": "integer"},
    }
    _write_source(folder, "fictif/transactions", columns, ["id"], more)
    kept = ", ".join("year(date) AS year" if name == "year" else name for name in columns)
    _write_select(folder, "sources/fictif/transactions", f"SELECT {kept}\nFROM transactions\n")


def _write_counted(folder: Path, country: Country, name: str, *, years: int, seed: int) -> None:
    """A source with an amount, and a part of it, by commune and year."""
    columns = {"commune": "text", "year": "integer", "amount": "integer", "part": "integer"}
    more: dict[str, Any] = {
        "territory": {"column": "commune", "level": "commune", "vintage": VINTAGE},
        "period": {"column": "year"},
        "types": {"year": "integer", "amount": "integer", "part": "integer"},
    }
    _write_source(folder, name, columns, ["commune", "year"], more)
    short = name.rpartition("/")[2]
    _write_select(folder, f"sources/{name}", f"SELECT commune, year, amount, part\nFROM {short}\n")
    rng = np.random.default_rng([SEED, seed])
    count = country.communes.num_rows
    amount = rng.integers(20, 5000, count * years)
    table = pa.table(
        {
            "commune": pa.array(np.repeat(country.communes["code"].to_pylist(), years)),
            "year": pa.array(np.tile(np.arange(FIRST_YEAR + YEARS - years, FIRST_YEAR + YEARS), count)),
            "amount": pa.array(amount),
            "part": pa.array(rng.integers(0, amount)),
        }
    )
    pacsv.write_csv(table, folder / f"sources/{name}/{short}.csv")


def _write_derived(folder: Path, name: str, read: str) -> None:
    columns = {"commune": "text", "year": "integer", "amount": "integer"}
    more: dict[str, Any] = {
        "territory": {"column": "commune", "level": "commune", "vintage": VINTAGE},
        "period": {"column": "year"},
    }
    declared = {"title": name, "table": _contract(columns, ["commune", "year"], more)}
    _write(folder / f"tables/{name}/table.yaml", declared)
    _write_select(folder, f"tables/{name}", f'SELECT commune, year, amount + part AS amount\nFROM "{read}"\n')


def _write_source(folder: Path, name: str, columns: Mapping[str, str], key: list[str], more: Mapping[str, Any]) -> None:
    short = name.rpartition("/")[2]
    read = more.get("read", {"format": "csv", **({"types": more["types"]} if "types" in more else {})})
    declared = {
        "title": f"{short} (fictif)",
        "producer": "Personne",
        "licence": "synthetic",
        "use": "open",
        "periods": "Aucune : données fictives",
        "verified_against": "none",
        "synthetic": True,
        "why": WHY,
        "locations": [{"file": {"path": more.get("file", f"{short}.csv")}, "max_bytes": 20_000_000_000}],
        "files": {short: {"read": read}},
        "table": _contract(columns, key, more),
    }
    _write(folder / f"sources/{name}/source.yaml", declared)


def _contract(columns: Mapping[str, str], key: list[str], more: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: more[name] for name in ("territory", "period", "crs") if name in more}
    described = {name: {"type": kind, "title": name} for name, kind in columns.items()}
    return {"rows": "une ligne fictive", "key": key, "columns": described, **kept}


def _indicator(folder: Path, name: str, declared: Mapping[str, Any]) -> None:
    words = {"title": f"{name} (fictif)", "definition": "Données fictives.", "theme": "fiction", "unit": "things"}
    _write(folder / f"indicators/fiction/{name}.yaml", {**words, **declared})


def _write_select(folder: Path, where: str, sql: str) -> None:
    (folder / where).mkdir(parents=True, exist_ok=True)
    (folder / where / "table.sql").write_text(sql, "utf-8")


def _write(file: Path, declared: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    with file.open("w", encoding="utf-8") as stream:
        yaml.dump(dict(declared), stream)


def main(kind: str, folder: str, *sizes: str) -> None:
    """Write the workspace of that kind: ``national``, ``contoured``, ``many``, ``observatory`` or ``exported``."""
    writers: dict[str, Callable[..., None]] = {
        "national": write_national,
        "contoured": write_contoured,
        "many": write_many,
        "observatory": write_observatory,
        "exported": write_exported,
    }
    writers[kind](Path(folder), *map(int, sizes))


if __name__ == "__main__":
    main(*sys.argv[1:])
