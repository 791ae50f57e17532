"""From a printed value back to the bytes that it came from."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from beffroi.access import BUILDER, Audience, Reader, allows
from beffroi.lake.releases import Release
from beffroi.observe.atlases import Atlas
from beffroi.observe.substitutes import find_substitutes
from beffroi.run.measuring import explain_rows
from beffroi.run.showing import select_series
from beffroi.run.workplaces import Workplace, load_good


@dataclass(frozen=True)
class TableStep:
    """A table on the way: its SELECT, the edition's object, and what it reads. Of one under secrecy, who does not build
    is told neither how many rows it has nor any mark of its bytes."""

    id: str
    rows: int | None
    sha256: str | None
    object: str | None
    sql_file: str
    sql: str
    reads: tuple[str, ...]


@dataclass(frozen=True)
class SnapshotStep:
    """Bytes that were fetched: from where, when, with which fingerprint."""

    source: str
    producer: str
    licence: str
    part: str
    sha256: str | None
    bytes: int | None
    fetched: str
    address: str


@dataclass(frozen=True)
class Explanation:
    """A value, how it is made, and the way back: rows, tables, snapshots."""

    edition: str
    built: str
    vintage: int
    value: dict[str, Any]
    definition: Mapping[str, str]
    """By language."""
    kind: str
    contributions: list[dict[str, Any]]
    instead: list[dict[str, Any]]
    """Where the value is hidden: released ones to be read in its place."""
    tables: list[TableStep]
    snapshots: list[SnapshotStep]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def explain(
    workplace: Workplace,
    indicator: str,
    *,
    level: str | None,
    territory: str,
    period: str,
    vintage: int | None = None,
    reader: Reader = BUILDER,
) -> Explanation:
    """The way from a value to its source bytes, in the geography of the reference vintage or of the one asked.

    Faults: those of ``select_series``, which says which vintages may be asked.

    The rows that contribute are shown to who builds only, and never for a value under secrecy.
    """
    value = select_series(
        workplace, indicator, reader, level=level, territory=territory, period=period, vintage=vintage
    ).to_pylist()[0]
    release = workplace.lake.release(reader)
    described = release.indicator(indicator)
    (contributions,) = trace_values(workplace, release, indicator, [value], vintage)
    tables, snapshots = trace_indicator(workplace, release, indicator)
    return Explanation(
        release.edition.id,
        release.edition.built,
        vintage or release.reference_vintage,
        value,
        described["definition"],
        described["kind"],
        contributions,
        list_instead(release, indicator, value, vintage or release.reference_vintage),
        tables,
        snapshots,
    )


def list_instead(release: Release, indicator: str, value: Mapping[str, Any], vintage: int) -> list[dict[str, Any]]:
    """What there is to read in the place of a hidden value: of a larger territory, or at another period."""
    atlas, language = Atlas(release), release.catalogue["workspace"]["languages"][0]
    measure = atlas.measure(indicator)
    place = atlas.gazetteer(vintage, language).places.get(f"{value['level']}:{value['territory']}")
    hidden = atlas.value(measure, place, value["period"], vintage) if place else None
    if place is None or hidden is None:
        return []
    return [
        {"kind": each.kind, "level": each.place.level, "territory": each.place.code, "label": each.place.name,
         "period": each.value.period, "value": each.value.value}
        for each in find_substitutes(atlas, measure, place, hidden, vintage, language)
    ]  # fmt: skip


def trace_values(
    workplace: Workplace,
    release: Release,
    indicator: str,
    values: Sequence[Mapping[str, Any]],
    vintage: int | None = None,
) -> list[list[dict[str, Any]]]:
    """The rows behind each value of an indicator: for who builds only, and none for a value under secrecy."""
    reader, described = release.reader, release.indicator(indicator)
    open_to = reader.builds and allows(reader, Audience(described["audience"]))
    shown = [index for index, value in enumerate(values) if open_to and value["confidentiality"] == "F"]
    found: list[list[dict[str, Any]]] = [[] for _ in values]
    if shown:
        catalog, _ = load_good(workplace)
        tables = workplace.lake.objects_of(workplace.lake.edition(release.edition.id), "table")
        rows = explain_rows(catalog, workplace.lake, tables, indicator, [values[index] for index in shown], vintage)
        for index, each in zip(shown, rows, strict=True):
            found[index] = each
    return found


def trace_indicator(
    workplace: Workplace, release: Release, indicator: str
) -> tuple[list[TableStep], list[SnapshotStep]]:
    """The tables that an indicator is made from, each with its SELECT, and the bytes that they were read from: those
    that the reader may see."""
    described = release.indicator(indicator)
    sources = [release.catalogue["sources"][name] | {"id": name} for name in described["sources"]]
    return (
        _table_steps(release.catalogue["tables"], described["tables"]),
        [step for source in sources for step in _snapshot_steps(source)],
    )


def _table_steps(described: Mapping[str, Any], names: Sequence[str]) -> list[TableStep]:
    steps: dict[str, TableStep] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name in steps or described.get(name, {"state": "blocked"})["state"] == "blocked":
            continue
        entry = described[name]
        reads = tuple(entry["inputs"])
        file = f"sources/{name}/table.sql" if entry["source"] else f"tables/{name}/table.sql"
        steps[name] = TableStep(
            name, entry["rows"], entry["sha256"], entry["object"], file, entry["sql"].strip(), reads
        )  # fmt: skip
        waiting += [other for other in reads if other in described]
    return list(steps.values())


def _snapshot_steps(source: dict[str, Any]) -> list[SnapshotStep]:
    return [
        SnapshotStep(
            source["id"], source["producer"], source["licence"],
            ", ".join(f"{key}={value}" for key, value in snapshot["part"].items()),
            snapshot["sha256"], snapshot["bytes"], snapshot["fetched"], snapshot["address"],
        )
        for snapshot in source["snapshots"]
    ]  # fmt: skip
