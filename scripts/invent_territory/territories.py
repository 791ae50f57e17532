"""A territory from its contours to its files: blocks for all of it, then each commune in turn, written and forgotten.

What stays in memory is the blocks and the vertices that they share; parcels and buildings of one commune at a time.
"""

import datetime
import json
import math
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from .blocks import LOTS_BY_BLOCK, Commune, Division, divide_commune
from .files import Format, Row, Sink, open_sink
from .lots import Lots, cut_block, draw_building
from .names import former_use, of_place, place_name, street_name
from .planes import DEGREE, Plane, Ring, Splits, Vertex
from .transports import Line, Stop, draw_lines
from .zones import TITLES, YEARS, Block, Wildness, draw_wildness, land_use, settle_blocks

DATA_SETS = {
    "parcelles": False, "voirie": False, "rues": False, "batiments": False, "zonage": False, "sites": False,
    "lignes": False, "ventes": True, "friches": True, "locaux": True, "arrets": True,
}  # fmt: skip
"""Files of a territory, and whether they are points."""

_SOLD = 0.4
_FIRST_DAY, _DAYS = datetime.date(2019, 1, 1), 6 * 365


@dataclass(frozen=True)
class Territory:
    """What was written: rows by data set."""

    folder: Path
    rows: dict[str, int]


def read_communes(contours: Path, wanted: Sequence[str] | None = None) -> list[tuple[str, str, Ring]]:
    """Code, name and contour on the grid of each commune of a GeoJSON file, by code; ``wanted`` keeps some."""
    features = json.loads(contours.read_text("utf-8"))["features"]
    out = []
    for feature in sorted(features, key=lambda each: str(each["properties"]["code"])):
        code, name = feature["properties"]["code"], feature["properties"]["nom"]
        if wanted is not None and code not in wanted:
            continue
        ring = [(round(x * DEGREE), round(y * DEGREE)) for x, y in feature["geometry"]["coordinates"][0]]
        out.append((code, name, ring[:-1]))
    return out


def invent_territory(
    folder: Path,
    contours: Path,
    *,
    parcels: int,
    seed: int = 1,
    communes: Sequence[str] | None = None,
    form: Format = "text",
) -> Territory:
    """Write a territory of about ``parcels`` parcels (within some hundredths) over ``communes``, all when absent."""
    contoured = read_communes(contours, communes)
    plane = Plane(sum(ring[0][1] for _, _, ring in contoured) / len(contoured) / DEGREE)
    listed = _share_parcels(plane, contoured, parcels, seed)
    wildness = draw_wildness(random.Random(f"{seed}:wildness"))
    splits = Splits()
    divisions = [divide_commune(plane, each, splits, random.Random(f"{seed}:{each.code}:blocks")) for each in listed]
    sinks = {name: open_sink(folder, name, form, points=points) for name, points in DATA_SETS.items()}
    lines, stops = draw_lines(plane, divisions, splits, seed)
    _write_transport(plane, lines, stops, sinks)
    for division in divisions:
        rng = random.Random(f"{seed}:{division.commune.code}:lots")
        _Scribe(plane, division, splits, wildness, sinks, rng).write()
        division.blocks.clear()
    for sink in sinks.values():
        sink.close()
    return Territory(folder, {name: sink.rows for name, sink in sinks.items()})


def _share_parcels(plane: Plane, contoured: list[tuple[str, str, Ring]], parcels: int, seed: int) -> list[Commune]:
    """Parcels by surface, the first communes denser; what rounding leaves goes to the largest remainders."""
    rng = random.Random(f"{seed}:population")
    sizes = [rng.lognormvariate(7.2, 1.0) + (9000 if index == 0 else 0) for index in range(len(contoured))]
    weights = [
        plane.area(ring) * (0.6 + min(1.0, size / 9000)) for (_, _, ring), size in zip(contoured, sizes, strict=True)
    ]
    exact = [parcels * weight / sum(weights) for weight in weights]
    counts = [math.floor(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: (counts[index] - exact[index], index))
    for index in by_remainder[: parcels - sum(counts)]:
        counts[index] += 1
    return [
        Commune(code, name, ring, count, round(size))
        for (code, name, ring), count, size in zip(contoured, counts, sizes, strict=True)
    ]


def _write_transport(plane: Plane, lines: list[Line], stops: list[Stop], sinks: dict[str, Sink]) -> None:
    rows = [
        {
            "ligne": line.code,
            "nom": line.name,
            "mode": line.kind,
            "departs_par_jour": line.departures,
            "longueur_km": round(plane.length(line.way) / 1000, 1),
        }
        for line in lines
    ]
    sinks["lignes"].write(rows, [shapely.LineString(_degrees(line.way)) for line in lines])
    rows = [
        {
            "arret": f"AR{number:04d}",
            "nom": stop.name,
            "commune": stop.commune,
            "lignes": " ".join(stop.lines),
            "nombre_lignes": len(stop.lines),
            "montees_par_jour": stop.boardings,
        }
        for number, stop in enumerate(stops, 1)
    ]
    sinks["arrets"].write(rows, shapely.points(np.asarray([stop.at for stop in stops], float).reshape(-1, 2) / DEGREE))


class _Scribe:
    """Writes all that one commune holds."""

    def __init__(
        self,
        plane: Plane,
        division: Division,
        splits: Splits,
        wildness: Wildness,
        sinks: dict[str, Sink],
        rng: random.Random,
    ) -> None:
        self._plane, self._division, self._splits = plane, division, splits
        self._wildness, self._sinks, self._rng = wildness, sinks, rng
        self._code, self._name = division.commune.code, division.commune.name

    def write(self) -> None:
        rings = [self._splits.ring(ring) for ring, _ in self._division.blocks]
        centroids = [self._plane.centroid(ring) for ring in rings]
        areas = [self._plane.area(ring) for ring in rings]
        blocks = settle_blocks(self._division, centroids, areas, self._wildness, self._rng)
        self._write_streets()
        self._write_zones(rings, blocks)
        self._write_sites(rings, blocks, centroids)
        self._write_parcels(rings, blocks, centroids)

    def _write_streets(self) -> None:
        rows: list[Row] = []
        lines: list[Ring] = []
        for number, street in enumerate(self._division.streets, 1):
            length = self._plane.length(street.line)
            x, y = self._plane.metres(street.line[len(street.line) // 2])
            in_town = self._division.remoteness(x, y) < 1.1
            kind = "route" if street.rank < 3 else "rue" if in_town else "chemin"
            name = street_name(self._rng, street.rank, 100 + number)
            rows.append(
                {
                    "rue": f"{self._code}R{number:05d}",
                    "nom": name if kind != "chemin" else f"chemin {name.split(' ', 1)[1]}",
                    "commune": self._code,
                    "nature": kind,
                    "longueur_m": round(length),
                }
            )
            lines.append(street.line)
        self._sinks["rues"].write(rows, [shapely.LineString(_degrees(line)) for line in lines])

    def _write_zones(self, rings: list[Ring], blocks: list[Block]) -> None:
        for year in YEARS:
            members: dict[str, list[Ring]] = defaultdict(list)
            for ring, block in zip(rings, blocks, strict=True):
                members[block.zones[year]].append(ring)
            rows: list[Row] = []
            shapes: list[Any] = []
            for zone in TITLES:
                if zone not in members:
                    continue
                union = shapely.coverage_union_all(_grid_polygons(members[zone]))
                for part in sorted(shapely.get_parts(union), key=lambda each: each.bounds):
                    hectares = part.area * self._plane.x * self._plane.y / 10_000
                    rows.append(
                        {
                            "zone": f"{self._code}-{year}-{len(rows) + 1:04d}",
                            "commune": self._code,
                            "annee": year,
                            "code_zone": zone,
                            "famille": "AU" if zone.endswith("AU") else zone[0],
                            "libelle": TITLES[zone],
                            "surface_ha": round(hectares, 2),
                        }
                    )
                    shapes.append(part)
            self._sinks["zonage"].write(rows, _to_degrees(shapes))

    def _write_sites(self, rings: list[Ring], blocks: list[Block], centroids: list[tuple[float, float]]) -> None:
        rng = self._rng
        rows: list[Row] = []
        shapes: list[Ring] = []
        premises: list[Row] = []
        places: list[Vertex] = []
        for ring, block, centroid in zip(rings, blocks, centroids, strict=True):
            if block.site is None:
                continue
            hectares = self._plane.area(ring) / 10_000
            site = f"{self._code}S{block.site + 1:03d}"
            rows.append(
                {
                    "site": site,
                    "nom": f"Parc d'activités {of_place(place_name(rng))}",
                    "commune": self._code,
                    "vocation": rng.choice(("artisanat", "industrie", "commerce", "logistique")),
                    "etablissements": max(2, round(min(hectares, 60) * rng.uniform(1.2, 4))),
                    "part_vacante": round(rng.betavariate(1.6, 8), 3),
                    "surface_ha": round(hectares, 2),
                }
            )
            shapes.append(ring)
            for _ in range(rng.randrange(1, 5)):
                premises.append(self._premise(site, len(premises) + 1))
                places.append(self._somewhere(ring, centroid))
        self._sinks["sites"].write(rows, _polygons(shapes))
        self._sinks["locaux"].write(premises, shapely.points(np.asarray(places, float).reshape(-1, 2) / DEGREE))
        self._write_brownfields(blocks, centroids)

    def _premise(self, site: str, number: int) -> Row:
        rng = self._rng
        return {
            "local": f"{self._code}V{number:04d}",
            "commune": self._code,
            "site": site,
            "nature": rng.choice(("atelier", "bureaux", "entrepôt", "commerce")),
            "surface_m2": rng.randrange(60, 4200, 20),
            "loyer_m2_an": rng.randrange(38, 150),
            "libre_depuis": rng.randrange(2017, 2025),
        }

    def _somewhere(self, ring: Ring, centroid: tuple[float, float]) -> Vertex:
        """Between the middle and a vertex."""
        x, y = self._plane.metres(self._rng.choice(ring))
        share = self._rng.uniform(0.1, 0.7)
        return self._plane.vertex(centroid[0] + (x - centroid[0]) * share, centroid[1] + (y - centroid[1]) * share)

    def _write_brownfields(self, blocks: list[Block], centroids: list[tuple[float, float]]) -> None:
        rng = self._rng
        town = [index for index, block in enumerate(blocks) if 0.25 < block.remoteness < 1.1 and block.site is None]
        wanted = min(len(town) // 2, 2 + round(math.sqrt(self._division.commune.parcels) / 6))
        rows: list[Row] = []
        places: list[Vertex] = []
        for number, index in enumerate(sorted(rng.sample(town, wanted)), 1):
            rows.append(
                {
                    "friche": f"{self._code}F{number:03d}",
                    "nom": f"Ancienne {use}" if not (use := former_use(rng)).startswith("garage") else "Ancien garage",
                    "commune": self._code,
                    "avancement": rng.choices(("sans projet", "étude", "travaux", "reconvertie"), (5, 3, 1, 1))[0],
                    "surface_m2": 10 * round(math.exp(rng.gauss(6.1, 0.9))),
                    "depuis": rng.randrange(1974, 2020),
                }
            )
            places.append(self._plane.vertex(*centroids[index]))
        self._sinks["friches"].write(rows, shapely.points(np.asarray(places, float).reshape(-1, 2) / DEGREE))

    def _write_parcels(self, rings: list[Ring], blocks: list[Block], centroids: list[tuple[float, float]]) -> None:
        rows: list[Row] = []
        shapes: list[Ring] = []
        ways: list[Row] = []
        outlines: list[Any] = []
        angles: list[float] = []
        far: list[float] = []
        owed = 0
        for index, (ring, block) in enumerate(zip(rings, blocks, strict=True)):
            # Lots that a narrow block could not have are made in the next ones.
            wanted = self._division.blocks[index][1] + owed
            lots = cut_block(self._plane, ring, min(wanted, 3 * LOTS_BY_BLOCK), self._rng)
            owed = wanted - len(lots.parcels)
            section, first = _section(index // 16), 1 + (index % 16) * 100
            wild = self._wildness(*centroids[index])
            for number, parcel in enumerate(lots.parcels, first):
                rows.append(
                    {
                        "parcelle": f"{self._code}{section}{number:04d}",
                        "commune": self._code,
                        "section": section,
                        "surface_m2": round(self._plane.area(parcel)),
                        "usage": land_use(block.zones[2024], wild, self._rng),
                    }
                )
                shapes.append(parcel)
                angles.append(lots.angle)
                far.append(block.remoteness)
            if lots.hole is not None:
                ways.append(self._way(lots, len(ways) + 1))
                outlines.append(shapely.Polygon(_degrees(lots.way), [_degrees(lots.hole)]))
        self._sinks["parcelles"].write(rows, _polygons(shapes))
        self._sinks["voirie"].write(ways, outlines)
        self._write_buildings(rows, shapes, angles, far)

    def _way(self, lots: Lots, number: int) -> Row:
        area = self._plane.area(lots.way) - self._plane.area(lots.hole or lots.way)
        return {
            "voie": f"{self._code}P{number:05d}",
            "commune": self._code,
            "nature": "rue" if lots.half_width > 3 else "chemin",
            "surface_m2": round(area),
        }

    def _write_buildings(self, parcels: list[Row], rings: list[Ring], angles: list[float], far: list[float]) -> None:
        rng, plane = self._rng, self._plane
        drawn: list[tuple[int, Ring]] = []
        for index, parcel in enumerate(parcels):
            farm = parcel["usage"] in {"culture", "prairie"} and rng.random() < 0.12
            if not farm and parcel["usage"] != "sol bâti":
                continue
            outline = draw_building(plane, rings[index], angles[index], rng)
            if outline is not None:
                drawn.append((index, outline))
        grounds = _grid_polygons([rings[index] for index, _ in drawn])
        inside = shapely.contains_properly(grounds, _grid_polygons([ring for _, ring in drawn]))
        rows: list[Row] = []
        shapes: list[Ring] = []
        sales: list[Row] = []
        places: list[Vertex] = []
        for (index, ring), kept in zip(drawn, inside, strict=True):
            if not kept:
                continue
            building = self._building(parcels[index], ring, far[index], len(rows) + 1)
            rows.append(building)
            shapes.append(ring)
            if building["usage"] != "agricole" and rng.random() < _SOLD:
                sales.append(self._sale(parcels[index], building, far[index], len(sales) + 1))
                places.append(plane.vertex(*plane.centroid(ring)))
        self._sinks["batiments"].write(rows, _polygons(shapes))
        self._sinks["ventes"].write(sales, shapely.points(np.asarray(places, float).reshape(-1, 2) / DEGREE))

    def _building(self, parcel: Row, ring: Ring, remoteness: float, number: int) -> Row:
        rng = self._rng
        ground = round(self._plane.area(ring))
        if parcel["usage"] != "sol bâti":
            use, floors = "agricole", 1
        elif ground > 420:
            use, floors = "activité", 1
        elif remoteness < 0.5 and rng.random() < 0.4:
            use, floors = "collectif", rng.randrange(3, 6)
        else:
            use, floors = "maison", rng.choice((1, 2, 2))
        old = rng.randrange(1780, 1950) if remoteness < 0.5 and rng.random() < 0.7 else rng.randrange(1950, 2024)
        return {
            "batiment": f"{self._code}B{number:06d}",
            "parcelle": parcel["parcelle"],
            "commune": self._code,
            "usage": use,
            "niveaux": floors,
            "emprise_m2": ground,
            "annee": old,
        }

    def _sale(self, parcel: Row, building: Row, remoteness: float, number: int) -> Row:
        rng = self._rng
        kind = {"maison": "maison", "collectif": "appartement", "activité": "local"}[building["usage"]]
        whole = building["emprise_m2"] * building["niveaux"] * 0.8
        usual = {"maison": (112, 30), "appartement": (64, 18), "local": (340, 160)}[kind]
        area = max(18.0, min(whole, rng.gauss(*usual)))
        day = _FIRST_DAY + datetime.timedelta(days=rng.randrange(_DAYS))
        by_metre = 1500 * (1.5 - 0.4 * min(remoteness, 1.5)) * 1.03 ** (day.year - 2019) * math.exp(rng.gauss(0, 0.22))
        return {
            "vente": f"{self._code}T{number:06d}",
            "date": day.isoformat(),
            "parcelle": parcel["parcelle"],
            "commune": self._code,
            "nature": kind,
            "prix": 100 * round(area * by_metre * (0.55 if kind == "local" else 1) / 100),
            "surface_m2": round(area),
            "terrain_m2": parcel["surface_m2"],
        }


def _section(index: int) -> str:
    """AA, AB… ZZ, then AAA."""
    letters = ""
    index += 26
    while index >= 0:
        letters = chr(65 + index % 26) + letters
        index = index // 26 - 1
    return letters


def _degrees(line: Iterable[Vertex]) -> list[tuple[float, float]]:
    return [(x / DEGREE, y / DEGREE) for x, y in line]


def _grid_polygons(rings: list[Ring]) -> Any:
    """Polygons in whole millionths of a degree, many at a time."""
    if not rings:
        return np.empty(0, dtype=object)
    vertices = np.concatenate([np.asarray([*ring, ring[0]], float) for ring in rings])
    owners = np.repeat(np.arange(len(rings)), [len(ring) + 1 for ring in rings])
    return shapely.polygons(shapely.linearrings(vertices, indices=owners))


def _to_degrees(shapes: Any) -> Any:
    return shapely.transform(shapes, lambda vertices: vertices / DEGREE)


def _polygons(rings: list[Ring]) -> Any:
    return _to_degrees(_grid_polygons(rings))
