"""Zoning, sites and land use, block by block: what a plan of 2015 said and what that of 2024 says."""

import math
import random
from dataclasses import dataclass

from .blocks import Division

TITLES = {
    "UA": "Centre ancien", "UB": "Quartiers d'habitat", "UE": "Activités économiques",
    "1AU": "À urbaniser à court terme", "2AU": "À urbaniser à long terme", "A": "Agricole", "N": "Naturelle",
}  # fmt: skip
YEARS = (2015, 2024)
_SMALLEST_SITE, _LARGEST_SITE = 6_000.0, 400_000.0


@dataclass(frozen=True)
class Block:
    """What one says of a block once it has its place: its remoteness and its zone at each year."""

    remoteness: float
    zones: dict[int, str]
    site: int | None


@dataclass(frozen=True)
class Wildness:
    """Woods and valleys: a smooth function of the place, the same for a whole territory."""

    phases: tuple[float, ...]

    def __call__(self, x: float, y: float) -> float:
        """From -1 to 1; high where nature is."""
        first, second, third = self.phases
        return (math.sin(x / 2100 + first) + math.sin(y / 1700 + second) + math.sin((x - y) / 3100 + third)) / 3


def draw_wildness(rng: random.Random) -> Wildness:
    return Wildness((rng.uniform(0, 6.3), rng.uniform(0, 6.3), rng.uniform(0, 6.3)))


def settle_blocks(
    division: Division,
    centroids: list[tuple[float, float]],
    areas: list[float],
    wildness: Wildness,
    rng: random.Random,
) -> list[Block]:
    """A ``Block`` for each block of the commune, in order; a few sites of activity, at the edge of towns."""
    far = [division.remoteness(x, y) for x, y in centroids]
    sized = [_SMALLEST_SITE < area < _LARGEST_SITE for area in areas]
    edge = [index for index, value in enumerate(far) if 0.7 < value < 1.8 and sized[index]]
    wanted = min(len(edge), 1 + round(math.sqrt(division.commune.parcels) / 9))
    chosen = {index: number for number, index in enumerate(sorted(rng.sample(edge, wanted)))}
    grows = rng.uniform(0, 2 * math.pi)
    main = division.centres[0]
    out = []
    for index, ((x, y), remoteness) in enumerate(zip(centroids, far, strict=True)):
        toward = math.cos(math.atan2(y - main.y, x - main.x) - grows)
        wild = wildness(x, y)
        site = chosen.get(index)
        out.append(Block(remoteness, _zones(remoteness, toward, wild, site is not None), site))
    return out


def _zones(remoteness: float, toward: float, wild: float, active: bool) -> dict[int, str]:
    """Towns grow on one side: what was to be built in 2015 is built in 2024, and more is to be, where one goes on.

    ``toward`` is 1 on the side where the town grows, -1 opposite.
    """
    outside = "N" if wild > 0.22 else "A"
    if active:
        return {2015: "1AU" if remoteness > 0.9 else "UE", 2024: "UE"}
    if remoteness < 0.42:
        return {2015: "UA", 2024: "UA"}
    if remoteness < 0.68 or (remoteness < 0.98 and toward < 0):
        return {2015: "UB", 2024: "UB"}
    if remoteness > 1.05:
        return {2015: outside, 2024: outside}
    if toward > 0.86:
        return {2015: outside, 2024: "2AU"}
    if toward > 0.5:
        return {2015: "2AU", 2024: "1AU"}
    return {2015: "1AU", 2024: "UB"} if toward > 0 else {2015: outside, 2024: outside}


def land_use(zone: str, wild: float, rng: random.Random) -> str:
    """What grows or stands on a parcel, before anybody builds on it."""
    if zone in {"UA", "UB", "UE"}:
        return rng.choices(("sol bâti", "jardin", "terrain vague"), (0.85, 0.1, 0.05))[0]
    if zone == "N":
        return "bois" if wild > 0.4 or rng.random() < 0.5 else "prairie"
    return rng.choices(("culture", "prairie", "bois"), (0.7, 0.24, 0.06))[0]
