"""What became of a commune, in sentences; and where a commune that is no more is to be found now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from beffroi.language import format_date, text
from beffroi.observe.atlases import Atlas
from beffroi.observe.places import Place, fold
from beffroi.observe.sentences import in_clause_of

_LASTING = ("merger", "split", "code")


@dataclass(frozen=True)
class Event:
    """One thing that happened to communes: a sentence, and its day (ISO).

    ``by_lists`` when only the lists of 1 January tell it: it may have happened during the year before.
    """

    date: str
    words: str
    by_lists: bool


@dataclass(frozen=True)
class Former:
    """A commune that is no more: ``heirs`` are those of today that it went to, ``date`` the day when it ended."""

    code: str
    name: str
    date: str
    heirs: tuple[Place, ...]


def tell_events(atlas: Atlas, place: Place, language: str) -> tuple[Event, ...]:
    """What happened to a commune, or to the communes of a larger territory, the oldest first."""
    gazetteer = atlas.gazetteer(atlas.release.reference_vintage, language)
    if place.level == "commune":
        codes = {place.code}
    else:
        codes = {each.code for each in gazetteer.members.get(place.key, ()) if each.level == "commune"}
    rows = [row for row in _rows(atlas) if row["code_before"] in codes or row["code_after"] in codes]
    told: list[Event] = []
    for date, of_day in groupby(rows, key=lambda row: str(row["date"])):
        told += _tell_day(date, list(of_day), language)
    return (*told, *_tell_bodies(atlas, place, language)) if place.level == "commune" else tuple(told)


def find_former(atlas: Atlas, named: str, language: str) -> Former | None:
    """The commune of that code or name that is no more, with its heirs; None when there was none."""
    gazetteer = atlas.gazetteer(atlas.release.reference_vintage, language)
    wanted = fold(named)
    for row in _rows(atlas):
        code, name = row["code_before"], row["name_before"] or row["code_before"]
        gone = f"commune:{code}" not in gazetteer.places and row["kind"] in _LASTING
        if gone and (code == named or fold(name) == wanted):
            found = (gazetteer.places.get(f"commune:{heir}") for heir in _heirs(atlas, code, set(gazetteer.places)))
            heirs = tuple(place for place in found if place is not None)
            last = max(each["date"] for each in _rows(atlas) if each["code_before"] == code)
            return Former(code, name, last, heirs) if heirs else None
    return None


def list_former(atlas: Atlas, language: str) -> tuple[Former, ...]:
    """Every commune that is no more and that the edition knows, by name."""

    def find() -> tuple[Former, ...]:
        codes = dict.fromkeys(row["code_before"] for row in _rows(atlas) if row["kind"] in _LASTING)
        found = (find_former(atlas, code, language) for code in codes)
        return tuple(sorted((each for each in found if each), key=lambda each: fold(each.name)))

    return atlas.remember(("former", language), find)


def _rows(atlas: Atlas) -> Sequence[Mapping[str, Any]]:
    """Events in order of date."""

    def read() -> Sequence[Mapping[str, Any]]:
        table = atlas.release.events()
        return [] if table is None else sorted(table.to_pylist(), key=lambda row: (row["date"], row["code_before"]))

    return atlas.remember("events", read)


def _heirs(atlas: Atlas, code: str, places: set[str]) -> list[str]:
    """Codes of today that a code went to, through as many mergers as it took."""
    found: dict[str, None] = {}
    waiting, seen = [code], {code}
    while waiting:
        current = waiting.pop(0)
        for row in _rows(atlas):
            heir = row["code_after"]
            if row["code_before"] != current or row["kind"] not in _LASTING or heir in seen:
                continue
            seen.add(heir)
            if f"commune:{heir}" in places:
                found[heir] = None
            else:
                waiting.append(heir)
    return list(found)


def _tell_day(date: str, rows: list[Mapping[str, Any]], language: str) -> Iterable[Event]:
    """The sentences of one day: mergers by who absorbs, splits by who loses, then new codes and names."""
    day = format_date(date, language)
    renamed = {row["code_after"]: row for row in rows if row["kind"] == "name"}
    for code in dict.fromkeys(row["code_after"] for row in rows if row["kind"] == "merger"):
        joined = [row for row in rows if row["kind"] == "merger" and row["code_after"] == code]
        names = _join([_called(row, "before", with_code=True) for row in joined], language)
        into = _called(joined[0], "after")
        rename = renamed.pop(code, None)
        key = "portrait.merged_renamed" if rename else "portrait.merged"
        former = rename["name_before"] if rename else into
        many = "_many" if len(joined) > 1 else "_one"
        yield _event(joined, text(key + many, language, date=day, names=names, place=former, name=into))
    for code in dict.fromkeys(row["code_before"] for row in rows if row["kind"] == "split"):
        left = [row for row in rows if row["kind"] == "split" and row["code_before"] == code]
        names = _join([_called(row, "after", with_code=True) for row in left], language)
        many = "_many" if len(left) > 1 else "_one"
        place = _called(left[0], "before")
        yield _event(left, text("portrait.split" + many, language, date=day, names=names, place=place))
    for row in (row for row in rows if row["kind"] == "code"):
        codes = {"before": row["code_before"], "after": row["code_after"]}
        yield _event([row], text("portrait.recoded", language, date=day, place=_called(row, "after"), **codes))
    for row in renamed.values():
        before, after = row["name_before"], row["name_after"]
        yield _event([row], text("portrait.renamed", language, date=day, before=before, after=after))


def _event(rows: Sequence[Mapping[str, Any]], words: str) -> Event:
    return Event(rows[0]["date"], words, any(row.get("told") == "lists" for row in rows))


def _tell_bodies(atlas: Atlas, place: Place, language: str) -> Iterable[Event]:
    """Which inter-communal body held the commune at the earlier vintages that are released, where it was another."""
    now = next((key for key in place.parents if key.startswith("epci:")), None)
    for vintage in sorted(v for v in atlas.vintages if v < atlas.release.reference_vintage):
        gazetteer = atlas.gazetteer(vintage, language)
        then = gazetteer.places.get(place.key)
        key = next((key for key in then.parents if key.startswith("epci:")), None) if then else None
        if key is not None and key != now and key in gazetteer.places:
            day = f"{vintage:04d}-01-01"
            body = in_clause_of(gazetteer.places[key], language)
            yield Event(day, text("portrait.other_body", language, date=format_date(day, language), body=body), True)


def _called(row: Mapping[str, Any], side: str, *, with_code: bool = False) -> str:
    code, name = row[f"code_{side}"], row[f"name_{side}"]
    if name is None:
        return str(code)
    return f"{name} ({code})" if with_code else str(name)


def _join(names: Sequence[str], language: str) -> str:
    """« a, b et c »."""
    if len(names) < 2:
        return "".join(names)
    return text("portrait.and", language, first=", ".join(names[:-1]), last=names[-1])


__all__ = ["Event", "Former", "find_former", "list_former", "tell_events"]
