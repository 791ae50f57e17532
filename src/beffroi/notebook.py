"""The released edition from Python: a DataFrame in one line, in a notebook or a script."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from beffroi.access import PUBLIC, partner
from beffroi.lake.releases import Release
from beffroi.run import open_workplace
from beffroi.settings import read_settings

if TYPE_CHECKING:
    import geopandas as gpd


class Notebook:
    """A workspace's released edition, pinned when it is opened. Made by ``beffroi.open``."""

    def __init__(self, workspace: Path, audience: str = "public") -> None:
        reader = PUBLIC if audience == "public" else partner(audience.removeprefix("partner:"))
        self.release: Release = open_workplace(workspace, read_settings()).lake.release(reader)

    def indicators(self) -> pd.DataFrame:
        """One row an indicator: ``title, theme, unit, kind, levels, periods, state``, by id."""
        entries = self.release.catalogue["indicators"]
        rows = {
            name: {
                "title": entry["title"].get("fr", name),
                **{key: entry[key] for key in ("theme", "unit", "kind", "levels", "periods", "state")},
            }
            for name, entry in entries.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index")

    def series(
        self,
        indicator: str,
        *,
        level: str | None = None,
        territory: str | None = None,
        period: str | None = None,
        vintage: int | None = None,
        geometry: bool = False,
    ) -> "pd.DataFrame | gpd.GeoDataFrame":
        """Values of an indicator, protected, one row a level, territory and period.

        With ``geometry``, a GeoDataFrame in longitude and latitude (needs geopandas); territories without a
        contour have none. Missing values are NaN; ``status`` and ``confidentiality`` say why.
        """
        table = self.release.series(indicator, level=level, territory=territory, period=period, vintage=vintage)
        frame = table.to_pandas()
        for part in ("numerator", "denominator"):
            frame[part] = frame[part].astype("float64")
        return self._with_geometry(frame) if geometry else frame

    def _with_geometry(self, frame: pd.DataFrame) -> "gpd.GeoDataFrame":
        import geopandas as gpd
        from shapely import from_wkb

        contours = [self.release.contours(level).to_pandas().assign(level=level) for level in frame["level"].unique()]
        shapes = pd.concat(contours)[["level", "code", "geometry"]].rename(columns={"code": "territory"})
        joined = frame.merge(shapes, on=["level", "territory"], how="left")
        drawn = [None if value is None or value != value else from_wkb(value) for value in joined["geometry"]]
        return gpd.GeoDataFrame(joined.drop(columns="geometry"), geometry=drawn, crs="EPSG:4326")
