"""Made-up sales of property: one row a sale, as a national file of sales gives them, in CSV.

Written piece after piece, so that twenty million rows need no more memory than one piece.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

SEED = 20250102
FIRST_YEAR, YEARS = 2020, 5
KINDS = ("house", "flat", "land", "premises")
_PIECE = 500_000

Weights = np.ndarray[tuple[int], np.dtype[np.float64]]


def write_transactions(file: Path, rows: int, communes: pa.Table) -> None:
    """``id, date, commune, kind, price_eur, built_area_m2, rooms, street``; land has no area nor rooms."""
    weights = np.asarray(communes["population"], dtype=float)
    codes = communes["code"].combine_chunks()
    with pacsv.CSVWriter(file, _piece(codes, weights, 0, 1).schema) as writer:
        for start in range(0, rows, _PIECE):
            writer.write_table(_piece(codes, weights, start, min(_PIECE, rows - start)))


def _piece(codes: pa.StringArray, weights: Weights, start: int, count: int) -> pa.Table:
    rng = np.random.default_rng([SEED, start])
    bounds = np.cumsum(weights)
    where = np.searchsorted(bounds, rng.random(count) * bounds[-1], side="right")
    kind = rng.choice(len(KINDS), count, p=[0.42, 0.4, 0.13, 0.05])
    built = kind != KINDS.index("land")
    area = np.clip(rng.normal(82, 30, count), 9, 600).astype(np.int64)
    price = np.clip(np.exp(rng.normal(7.7, 0.45, count)) * np.where(built, area, 40), 1000, 2e7).astype(np.int64)
    days = rng.integers(0, 365 * YEARS, count)
    date = np.datetime64(f"{FIRST_YEAR}-01-01") + days.astype("timedelta64[D]")
    identifier = pa.array(np.arange(start, start + count)).cast(pa.string())
    return pa.table(
        {
            "id": pc.binary_join_element_wise("V", pc.utf8_lpad(identifier, 9, "0"), ""),
            "date": pa.array(date.astype("datetime64[D]")),
            "commune": codes.take(pa.array(np.minimum(where, len(codes) - 1))),
            "kind": pa.array(KINDS).take(pa.array(kind)),
            "price_eur": pa.array(price),
            "built_area_m2": pa.array(area, mask=~built),
            "rooms": pa.array(np.clip(area // 22, 1, 12), mask=~built),
            "street": pc.binary_join_element_wise(
                pa.array(rng.integers(1, 200, count)).cast(pa.string()), "rue fictive", " "
            ),
        }
    )
