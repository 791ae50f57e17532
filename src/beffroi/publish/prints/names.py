"""Names on a map: each where it reads, none over another; the most important first, and those without room told."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path

from PIL import ImageFont

SIZE = 2.15
"""Height of letters in millimetres of a sheet in the hand: six points."""
_LEADING = 1.08
_AIR = 0.5
"""Millimetres kept free around a name."""
_LONG = 13
"""Letters from which a name may take two lines."""
_PAST = 2.2
"""How many times wider than its surface a name may be: beyond, one would take it for its neighbour's."""
_CELL = 12.0
"""Millimetres of a square of the index of what is taken."""
_TRIED = 12_000
"""Names tried, the weightiest: more than the largest sheet has room for."""
_USUAL_WIDTH = 0.5
"""Width of a letter where no typeface is there to be measured."""


_Side = tuple[float, float, float, float]


@dataclass(frozen=True)
class Candidate:
    """A name to be written: its spot in millimetres, its weight among others, and what it must leave uncovered.

    ``radius`` is that of the mark at the spot; ``room`` the width within which it stands on the thing itself, 0 where
    there is none (a point).
    """

    words: str
    x: float
    y: float
    weight: float
    radius: float = 0.0
    room: float = 0.0


@dataclass(frozen=True)
class Name:
    """A name written: its lines, where the middle of each stands."""

    lines: tuple[str, ...]
    x: float
    y: float
    size: float


@dataclass
class Names:
    """The names of a map as they come; ``left_out`` counts those that found no room."""

    width: float
    height: float
    size: float
    fonts: Path
    written: list[Name] = field(default_factory=list)
    left_out: int = 0
    _marks: dict[tuple[int, int], list[tuple[float, float]]] = field(default_factory=dict)
    _taken: dict[tuple[int, int], list[tuple[_Side, Candidate | None]]] = field(default_factory=dict)

    def write(self, candidates: Iterable[Candidate]) -> None:
        """Write those for which there is room, the weightiest first."""
        ordered = sorted(candidates, key=lambda one: (-one.weight, one.words))
        seen = [each for each in ordered if 0 <= each.x <= self.width and 0 <= each.y <= self.height]
        for each in seen:
            if each.radius > self.size:
                side = (each.x - each.radius, each.y - each.radius, each.x + each.radius, each.y + each.radius)
                self._take(side, each)
        written = sum(self._place(each) for each in seen[:_TRIED])
        self.left_out += len(seen) - written

    def _place(self, candidate: Candidate) -> bool:
        best: tuple[int, _Side, Name] | None = None
        for lines, x, y in self._ways(candidate):
            wide = max(self.measure(line) for line in lines)
            high = self.size * _LEADING * len(lines)
            side = (x - wide / 2 - _AIR, y - high / 2 - _AIR / 2, x + wide / 2 + _AIR, y + high / 2 + _AIR / 2)
            inside = side[0] >= 0.5 and side[1] >= 0.5 and side[2] <= self.width - 0.5 and side[3] <= self.height - 0.5
            if inside and self._is_free(side, candidate):
                covered = self._covered(side)
                if best is None or covered < best[0]:
                    best = (covered, side, Name(lines, x, y, self.size))
                if not covered:
                    break
        if best is None:
            return False
        self._take(best[1], None)
        self.written.append(best[2])
        return True

    def avoid(self, x: float, y: float) -> None:
        """Note a mark that names had better not cover."""
        self._marks.setdefault((int(x // _CELL), int(y // _CELL)), []).append((x, y))

    def _covered(self, side: _Side) -> int:
        """Marks that a name would hide."""
        west, north, east, south = side
        return sum(west < x < east and north < y < south for cell in _cells(side) for x, y in self._marks.get(cell, ()))

    def _take(self, side: _Side, owner: Candidate | None) -> None:
        for cell in _cells(side):
            self._taken.setdefault(cell, []).append((side, owner))

    def _is_free(self, side: _Side, candidate: Candidate) -> bool:
        return not any(
            owner is not candidate and _cross(side, other)
            for cell in _cells(side)
            for other, owner in self._taken.get(cell, ())
        )

    def _ways(self, candidate: Candidate) -> Iterator[tuple[tuple[str, ...], float, float]]:
        """Where a name may stand, the best first: on a surface, or around a mark."""
        one, two = (candidate.words,), cut(candidate.words)
        wide, high = self.measure(candidate.words), self.size * _LEADING
        x, y = candidate.x, candidate.y
        if candidate.room:
            if max(map(self.measure, two)) > _PAST * candidate.room:
                return
            broad = wide > candidate.room and len(two) > 1
            for lines in (two, one) if broad else (one, two):
                for shift in (0.0, -0.9, 0.9, -1.6, 1.6):
                    yield lines, x, y + shift * high
            return
        if wide < 1.7 * candidate.radius:
            yield one, x, y
        out = candidate.radius + high / 2 + 0.3
        aside = candidate.radius + wide / 2 + 0.7
        for to_x, to_y in ((aside, 0.0), (0.0, -out), (0.0, out), (-aside, 0.0), (aside, -high / 2), (aside, high / 2)):
            yield one, x + to_x, y + to_y
        if len(two) > 1:
            yield two, x, y + out + high / 2

    def measure(self, words: str) -> float:
        """Width of words in millimetres."""
        return self.size * _width(words, str(self.fonts))


def _cells(side: _Side) -> Iterator[tuple[int, int]]:
    """The squares of the sheet that a side touches, so that a name is compared with its neighbours alone."""
    west, north, east, south = (int(edge // _CELL) for edge in side)
    return ((column, row) for column in range(west, east + 1) for row in range(north, south + 1))


def _cross(one: _Side, other: _Side) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def cut(words: str) -> tuple[str, ...]:
    """A long name in two lines about as long, cut after a hyphen or at a space; whole when it has neither."""
    spots = [at for at, letter in enumerate(words) if letter in "- \u00a0"]
    if len(words) < _LONG or not spots:
        return (words,)
    at = min(spots, key=lambda spot: abs(spot - len(words) / 2))
    return words[: at + 1].rstrip(" \u00a0"), words[at + 1 :]


@lru_cache(8192)
def _width(words: str, fonts: str) -> float:
    """Width of words one unit high."""
    face = _face(fonts)
    return face.getlength(words) / 100 if face else _USUAL_WIDTH * len(words)


@lru_cache(4)
def _face(fonts: str) -> ImageFont.FreeTypeFont | None:
    found = sorted(Path(fonts).glob("*400-normal.ttf"))
    return ImageFont.truetype(str(found[0]), 100) if found else None


def draw_names(names: Names, colours: Mapping[str, str]) -> str:
    """The names with the paper around their letters, so that they read over lines and dark fills."""
    pieces = []
    for name in names.written:
        step = name.size * _LEADING
        first = name.y - step * (len(name.lines) - 1) / 2 + name.size * 0.34
        for rank, line in enumerate(name.lines):
            pieces.append(f'<text x="{name.x:.2f}" y="{first + rank * step:.2f}">{escape(line)}</text>')
    if not pieces:
        return ""
    return (
        f'<g font-family="Source Sans 3" font-size="{names.size:.2f}" text-anchor="middle" fill="{colours["ink"]}" '
        f'stroke="#ffffff" stroke-width="{names.size * 0.3:.2f}" stroke-linejoin="round" paint-order="stroke">'
        f"{''.join(pieces)}</g>"
    )


__all__ = ["SIZE", "Candidate", "Name", "Names", "cut", "draw_names"]
