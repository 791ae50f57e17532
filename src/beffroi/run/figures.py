"""From the short reference printed under a figure back to its text, its values and the bytes that they came from."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from beffroi.access import BUILDER, Reader
from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import Release
from beffroi.lake.series import SHOWN_COLUMNS
from beffroi.observe import Atlas
from beffroi.observe.pages import FigureView, PageView, find_page, observe_page
from beffroi.observe.places import Place
from beffroi.run.explaining import SnapshotStep, TableStep, trace_indicator, trace_values
from beffroi.run.workplaces import Workplace

_REFERENCE = re.compile(
    r"([a-z][a-z0-9_]*/[a-z][a-z0-9_]*)#([a-z0-9_]+)@([a-z0-9_]+:[A-Za-z0-9_]+)(?:/([0-9]{4}[-A-Z0-9]*))?"
)


@dataclass(frozen=True)
class MeasureWay:
    """An indicator of a figure: what it means, each value shown, and for each the rows behind it by part."""

    indicator: str
    title: Mapping[str, str]
    """By language."""
    definition: Mapping[str, str]
    """By language."""
    kind: str
    values: list[dict[str, Any]]
    contributions: list[list[dict[str, Any]]]


@dataclass(frozen=True)
class FigureExplanation:
    """A figure in the hands of a territory: where it is written, what it shows, and the way back from each value.

    ``absent`` says why it is not shown, and then it has no value. ``tables`` and ``snapshots`` are those of all its
    indicators, each once.
    """

    reference: str
    file: str
    line: int
    page_state: str
    kind: str
    title: str
    territory: str
    absent: str
    edition: str
    built: str
    vintage: int
    measures: list[MeasureWay]
    tables: list[TableStep]
    snapshots: list[SnapshotStep]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def explain_figure(
    workplace: Workplace, reference: str, *, traced: int | None = None, reader: Reader = BUILDER,
    edition: str | None = None,
) -> FigureExplanation:  # fmt: skip
    """The way from a figure to its source bytes, as its page stands in an edition, the one that is served when absent.

    Rows are sought behind the first ``traced`` values of each indicator, those of the territory in hand before the
    others; behind all of them when None.

    ``figure-reference-unreadable``; ``unknown-page-asked``, ``unknown-figure``, ``unknown-territory``,
    ``territory-without-page`` name what there is.
    """
    release = workplace.lake.release(reader, edition)
    atlas, language = Atlas(release), workplace.settings.language
    view, name = observe_reference(atlas, reference, language)
    figure = _find_figure(view, name)
    entry = find_page(atlas, view.id)
    part = _find_part(entry, language, name)
    measures = _trace_measures(workplace, release, figure, view.place, traced)
    tables: dict[str, TableStep] = {}
    snapshots: dict[tuple[str, str | None], SnapshotStep] = {}
    for measure in measures:
        steps, files = trace_indicator(workplace, release, measure.indicator)
        tables |= {step.id: step for step in steps}
        snapshots |= {(file.source, file.sha256): file for file in files}
    return FigureExplanation(
        reference=reference,
        file=part["file"],
        line=part["line"],
        page_state=entry["state"],
        kind=figure.kind,
        title=figure.title or (figure.figure.frame.title if figure.figure else ""),
        territory=view.place.name,
        absent=figure.absent,
        edition=release.edition.id,
        built=release.edition.built,
        vintage=release.reference_vintage,
        measures=measures,
        tables=list(tables.values()),
        snapshots=list(snapshots.values()),
    )


def observe_reference(atlas: Atlas, reference: str, language: str) -> tuple[PageView, str]:
    """The page of a short reference, in the hands of its territory and at its period, and the name of its figure.

    ``figure-reference-unreadable``; faults of ``observe_page``.
    """
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise BeffroiError(fault("figure-reference-unreadable", reference=reference))
    page, name, territory, period = found.groups()
    return observe_page(atlas, page, language, territory, {name: period} if period else None), name


def _find_figure(view: PageView, name: str) -> FigureView:
    figures = {part.name: part for part in view.parts if isinstance(part, FigureView)}
    if name not in figures:
        raise BeffroiError(fault("unknown-figure", name=name, instead_of=name, available=figures))
    return figures[name]


def _find_part(entry: Mapping[str, Any], language: str, name: str) -> Mapping[str, Any]:
    """The block of that name in the text that the reader of this language has."""
    texts: Mapping[str, Any] = entry["texts"]
    text_of = texts.get(language) or texts.get("fr") or next(iter(texts.values()))
    part: Mapping[str, Any] = next(part for part in text_of["parts"] if part.get("name") == name)
    return part


def _trace_measures(
    workplace: Workplace, release: Release, figure: FigureView, place: Place, traced: int | None
) -> list[MeasureWay]:
    """Every value that the figure shows, once, by indicator: those of the territory in hand, then as in the figure."""
    shown: dict[str, dict[tuple[str, str, str], None]] = {}
    for reading in figure.figure.readings if figure.figure else ():
        key = (reading.place.level, reading.value.territory, reading.value.period)
        shown.setdefault(reading.measure.id, {})[key] = None
    ways = []
    for indicator, keys in shown.items():
        rows = {
            (row["level"], row["territory"], row["period"]): row
            for row in release.series(indicator).select(SHOWN_COLUMNS).to_pylist()
        }
        values = [rows[key] for key in sorted(keys, key=lambda key: key[:2] != (place.level, place.code))]
        rest = [] if traced is None else values[traced:]
        traces = trace_values(workplace, release, indicator, values[: len(values) - len(rest)])
        described = release.indicator(indicator)
        ways.append(
            MeasureWay(
                indicator, described["title"], described["definition"], described["kind"], values,
                traces + [[] for _ in rest],
            )
        )  # fmt: skip
    return ways


__all__ = ["FigureExplanation", "MeasureWay", "explain_figure", "observe_reference"]
