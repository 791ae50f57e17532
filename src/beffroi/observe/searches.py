"""Finding a commune, an indicator or a source from a few letters, accents and hyphens aside."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from beffroi.catalog.workspaces import PIECES
from beffroi.language import format_number, pick, text
from beffroi.observe.atlases import Atlas
from beffroi.observe.biographies import list_former
from beffroi.observe.pages import name_page
from beffroi.observe.places import LEVEL_ORDER, Gazetteer, Place, fold

_NEAR = 0.72
"""Least likeness of a word to one that was probably meant."""


@dataclass(frozen=True)
class Hit:
    """One thing found: ``kind`` is territory, page, indicator, source or table; ``key`` names it in an address."""

    kind: str
    key: str
    title: str
    detail: str


@dataclass(frozen=True)
class Found:
    """Hits, the nearest first; ``nearest`` is True when nothing has the words and these only look like them."""

    words: str
    hits: tuple[Hit, ...]
    nearest: bool


def search(atlas: Atlas, words: str, language: str, *, limit: int = 24, kinds: Sequence[str] = ()) -> Found:
    """What the words name: exact names first, then names that start so, then words inside; else the nearest."""
    wanted = fold(words)
    if not wanted:
        return Found(words, (), False)
    entries = [entry for entry in list_names(atlas, language) if not kinds or entry[1].kind in kinds]
    scored = [(score, order, hit) for order, (names, hit, weight) in enumerate(entries)
              if (score := _score(wanted, names, weight)) is not None]  # fmt: skip
    if scored:
        scored.sort(key=lambda item: (item[0], item[1]))
        return Found(words, tuple(hit for _, _, hit in scored[:limit]), False)
    by_word: dict[str, list[Hit]] = {}
    for names, hit, _ in entries:
        for name in (names[0], *names[0].split()):
            by_word.setdefault(name, []).append(hit)
    near = difflib.get_close_matches(wanted, by_word, n=6, cutoff=_NEAR)
    hits = dict.fromkeys(hit for name in near for hit in by_word[name])
    return Found(words, tuple(hits)[:limit], True)


def shelve_hits(hits: Sequence[Hit]) -> dict[str, list[Hit]]:
    """Hits by shelf (territory, iris, page, indicator, data), the shelf of the nearest hit first, IRIS last."""
    shelves: dict[str, list[Hit]] = {}
    for hit in hits:
        shelf = {"source": "data", "table": "data"}.get(hit.kind, hit.kind)
        shelves.setdefault("iris" if hit.key.startswith("iris:") else shelf, []).append(hit)
    return dict(sorted(shelves.items(), key=lambda shelf: shelf[0] == "iris"))


def search_places(
    atlas: Atlas, words: str, language: str, *, vintage: int | None = None, limit: int = 12
) -> tuple[Place, ...]:
    """Territories whose name has the words, for a field that completes itself; the nearest names otherwise."""
    gazetteer = atlas.gazetteer(vintage or atlas.release.reference_vintage, language)
    wanted = fold(words)
    scored = []
    for name, place in gazetteer.folded:
        score = _score(wanted, (name,), 0)
        if score is not None:
            scored.append((score, LEVEL_ORDER.index(place.level), -(place.population or 0), place))
    if not scored and wanted:
        names = dict(gazetteer.folded)
        return tuple(names[name] for name in difflib.get_close_matches(wanted, names, n=4, cutoff=_NEAR))
    scored.sort(key=lambda item: item[:3])
    return tuple(dict.fromkeys(place for *_, place in scored))[:limit]


def _score(wanted: str, names: Iterable[str], weight: int) -> int | None:
    best: int | None = None
    for rank, name in enumerate(names):
        if name == wanted:
            score = 0
        elif name.startswith(wanted):
            score = 2
        elif f" {wanted}" in name:
            score = 4
        elif all(f" {word}" in f" {name}" for word in wanted.split()):
            score = 6
        else:
            continue
        score += weight + 10 * min(rank, 2)
        best = score if best is None else min(best, score)
    return best


def list_names(atlas: Atlas, language: str) -> list[tuple[tuple[str, ...], Hit, int]]:
    """Everything that can be found: its folded names, what it is, and the weight that puts its kind after others."""
    found: list[tuple[tuple[str, ...], Hit, int]] = []
    gazetteer = atlas.gazetteer(atlas.release.reference_vintage, language)
    for name, place in gazetteer.folded:
        weight = 5 if place.level in PIECES else 0
        said = _say_place(gazetteer, place, language)
        found.append(((name,), Hit("territory", place.key, place.name, said), weight))
    for former in list_former(atlas, language):
        detail = text("search.former", language, heirs=", ".join(heir.name for heir in former.heirs))
        hit = Hit("territory", f"commune:{former.code}", former.name, detail)
        found.append(((fold(former.name),), hit, 0))
    themes = atlas.catalogue["themes"]
    for page in atlas.catalogue.get("pages", {}):
        title, about = atlas.remember(("page names", page, language), lambda: name_page(atlas, page, language))  # noqa: B023
        found.append(((fold(title), fold(about)), Hit("page", page, title, about), 1))
    for measure in atlas.measures.values():
        if measure.id in atlas.categories:
            continue
        theme = pick(themes.get(measure.entry["theme"], {}).get("title") or {}, language)
        names = (
            fold(measure.title(language)),
            *(fold(word) for word in measure.entry.get("keywords", [])),
            fold(theme),
        )
        found.append((names, Hit("indicator", measure.id, measure.title(language), theme), 1))
    for kind, shelf in (("source", "sources"), ("table", "tables")):
        for key, entry in atlas.catalogue[shelf].items():
            title = pick(entry["title"], language)
            names = (fold(title), fold(entry.get("producer", "")), fold(key.replace("/", " ").replace("_", " ")))
            found.append((names, Hit(kind, key, title, text(f"catalogue.a_{kind}", language)), 3))
    return found


def say_kind(gazetteer: Gazetteer, place: Place, language: str) -> str:
    """What a territory is: its level, and for a QPV, whose name is often that of others, the communes where it lies."""
    words = text(f"level_one.{place.level}", language)
    if not place.is_quarter:
        return words
    communes = (gazetteer.places.get(key) for key in place.parents if key.startswith("commune:"))
    return ", ".join((words, *(commune.name for commune in communes if commune is not None)))


def _say_place(gazetteer: Gazetteer, place: Place, language: str) -> str:
    words = say_kind(gazetteer, place, language)
    if place.population:
        words += text("search.population", language, count=format_number(place.population, 0, language))
    return words


__all__ = ["Found", "Hit", "list_names", "say_kind", "search", "search_places", "shelve_hits"]
