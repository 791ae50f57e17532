"""National sales to five indicators at every level, with pandas.

``python -m benchmarks.peers.with_pandas WORKSPACE OUTPUT CARE``. CARE is ``plain``, as one writes it: codes read as
text, all columns, a merge, a group by level; or ``tuned``: only the columns that serve, repeated texts as categories.
"""

import sys
from pathlib import Path
from typing import Any

import pandas as pd

LEVELS = ("commune", "epci", "arrondissement", "departement", "region", "pays")
USED = ["date", "commune", "kind", "price_eur", "built_area_m2"]


def main(workspace: str, output: str, care: str) -> None:
    """Read the CSV, measure, write one Parquet file an indicator."""
    sales = read(Path(workspace) / "sources/fictif", tuned=care == "tuned")
    built = sales[sales["kind"].isin(["house", "flat"])]
    houses = sales[sales["kind"] == "house"]
    measured: dict[str, list[pd.DataFrame]] = {}
    for level in LEVELS:
        keys = [level, "period"]
        every, homes = sales.groupby(keys, observed=True), built.groupby(keys, observed=True)
        count, value = every.size(), every["price_eur"].sum()
        sums = homes[["price_eur", "built_area_m2"]].sum()
        share = houses.groupby(keys, observed=True).size().reindex(count.index, fill_value=0)
        found = {
            "transactions": count,
            "value": value,
            "price_per_m2": sums["price_eur"] / sums["built_area_m2"],
            "share_of_houses": 100 * share / count,
            "median_price": homes["price_eur"].median(),
        }
        for name, series in found.items():
            frame = series.rename("value").rename_axis(["territory", "period"]).reset_index()
            frame.insert(0, "level", level)
            measured.setdefault(name, []).append(frame.astype({"territory": "str"}))
    for name, frames in measured.items():
        pd.concat(frames).to_parquet(Path(output) / f"{name}.parquet", index=False)


def read(sources: Path, *, tuned: bool) -> pd.DataFrame:
    """The sales, each with its period and all the territories that it lies in."""
    places = pd.read_csv(sources / "communes/communes.csv", dtype="str").rename(columns={"code": "commune"})
    places = places[["commune", *LEVELS[1:-1]]].assign(pays="FR")
    file = sources / "transactions/transactions.csv"
    if not tuned:
        sales = pd.read_csv(file, dtype={"commune": "str"}, parse_dates=["date"], date_format="%Y-%m-%d")
        return sales.assign(period=sales["date"].dt.year).merge(places, on="commune")
    codes = pd.CategoricalDtype(places["commune"])
    kinds: Any = {"commune": codes, "kind": "category"}
    sales = pd.read_csv(file, usecols=USED, dtype=kinds, parse_dates=["date"], date_format="%Y-%m-%d")
    ranks = sales["commune"].cat.codes.to_numpy()
    above = {level: places[level].astype("category").cat for level in LEVELS[1:]}
    found = {
        level: pd.Categorical.from_codes(cat.codes.to_numpy()[ranks], cat.categories) for level, cat in above.items()
    }
    return sales.drop(columns="date").assign(period=sales["date"].dt.year.astype("int16"), **found)


if __name__ == "__main__":
    main(*sys.argv[1:])
