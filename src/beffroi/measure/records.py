"""Where the codes of single records lie at the target vintage, for what cannot be shared out."""

from collections.abc import Sequence

import pyarrow as pa

from beffroi.catalog.workspaces import Level
from beffroi.lake.series import UNLOCATED
from beffroi.measure.carried import carried_territories
from beffroi.measure.geographies import iris_of, membership_of, shown_iris, shown_territories
from beffroi.measure.scans import PLACED, Instruments, Scan


def locate_codes(instruments: Instruments, scan: Scan, levels: Sequence[Level]) -> pa.Table:
    """``level, vintage, code, territory, sure, share``: the territories shown where a code lies, or lies in part.

    ``sure`` is false where only a part of what the code was lies in the territory: nobody knows which records.
    ``share`` is that part, 1 where it is all of it.
    """
    geography = instruments.geography
    if not scan.made_of_communes:
        frames = {"_carried": carried_territories(instruments, scan, levels), "_codes": scan.codes}
        return instruments.query(
            f"""
            SELECT DISTINCT c.level, s.vintage, c.code, c.territory, c.whole AS sure, 1.0::DOUBLE AS share
            FROM _codes s JOIN _carried c
                ON c.level = s.level AND c.vintage = coalesce(s.vintage, {geography.vintage}) AND c.code = s.code
            """,
            frames,
        )
    frames = {
        "_codes": scan.codes,
        "_crosswalk": scan.crosswalk,
        "_iris": iris_of(geography, scan.codes),
        "_membership": membership_of(geography, levels),
        "_shown": shown_territories(geography, levels),
    }
    return instruments.query(
        f"""
        WITH {PLACED},
        codes AS (SELECT DISTINCT level, vintage, code, source FROM placed),
        communes AS (
            SELECT c.vintage, c.code, coalesce(x.to_code, '{UNLOCATED}') AS commune,
                coalesce(x.high - x.low, 1) AS part, coalesce(x.total, 1) AS total
            FROM codes c LEFT JOIN _crosswalk x ON x.from_vintage = c.vintage AND x.from_code = c.source
        ),
        pieces AS (
            SELECT 'commune' AS level, vintage, code, commune AS territory, part, total FROM communes
            UNION ALL
            SELECT m.level, c.vintage, c.code, m.territory, c.part, c.total
            FROM communes c JOIN _membership m ON m.commune = c.commune
        ),
        located AS (
            SELECT level, vintage, code, territory, sum(part) >= any_value(total) AS sure,
                CAST(sum(part) AS DOUBLE) / any_value(total) AS share
            FROM pieces GROUP BY ALL
        )
        SELECT * FROM located WHERE territory = '{UNLOCATED}' AND {"TRUE" if "commune" in levels else "FALSE"}
        UNION ALL
        SELECT l.* FROM located l SEMI JOIN _shown s ON s.level = l.level AND s.territory = l.territory
        UNION ALL
        SELECT 'iris', vintage, code, code, TRUE, 1.0::DOUBLE FROM codes
        WHERE {shown_iris(geography) if "iris" in levels else "FALSE"}
        """,
        frames,
    )
