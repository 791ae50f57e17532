"""A build, a series, an explanation, as a person sees them at a terminal."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from beffroi import errors
from beffroi.access import Reader
from beffroi.catalog.drafts import draft_layer, draft_map
from beffroi.catalog.imports import import_styles, say_loss
from beffroi.errors import BeffroiError, Fault
from beffroi.lake.releases import Release
from beffroi.lake.series import absence_of, write_csv, write_parquet
from beffroi.language import format_number, pick, text
from beffroi.observe import Atlas
from beffroi.observe.substitutes import say_reason
from beffroi.publish.geodata import read_crs
from beffroi.publish.postgis import name_schema, publish_postgis
from beffroi.run.building import build
from beffroi.run.explaining import Explanation
from beffroi.run.exporting import ExportOptions, ExportReport, export
from beffroi.run.figures import FigureExplanation
from beffroi.run.grids import make_grid
from beffroi.run.reports import BuildReport, Stage, count_by_state
from beffroi.run.showing import to_json
from beffroi.run.staleness import explain_staleness
from beffroi.run.states import BuildOptions
from beffroi.run.verifying import verify
from beffroi.run.workplaces import Workplace

_ROWS_SHOWN = 400
_KEYS_SHOWN = 4
VALUES_SHOWN = 12
"""How many values of each indicator of a figure are told one by one on a terminal."""


def build_in_console(workplace: Workplace, options: BuildOptions) -> BuildReport:
    """Build with a bar for each thing under way, then the closing summary with every note and fault."""
    console = Console(stderr=True, highlight=False)
    language = workplace.settings.language
    with _bars(console, language) as progress:
        report = build(workplace, options, progress)
    for fault in (*(note for item in report.items for note in item.notes), *report.own_faults):
        console.print(fault.render(language), markup=False, soft_wrap=True)
    console.print(summarize(report, language), markup=False, soft_wrap=True)
    return report


def summarize(report: BuildReport, language: str) -> str:
    """The closing line of a build: how many things are in which state, and which edition is served."""
    counts = count_by_state(item for item in report.items if item.stage in ("table", "indicator", "layer"))
    words = [text(f"build.{state}", language, count=count) for state, count in counts.items() if count]
    edition = text("build.published" if report.published else "build.same_edition", language, edition=report.edition)
    return f"{', '.join(words)} · {edition} · {format_number(report.seconds, 1, language)} s"


def export_in_console(workplace: Workplace, folder: Path, options: ExportOptions) -> ExportReport:
    """Write the files of the public edition with a bar, then what was done and what could not be."""
    console = Console(stderr=True, highlight=False)
    language = workplace.settings.language
    with _bars(console, language) as progress:
        report = export(workplace, folder, options, lambda done, total: progress("page", "", done, total))
    for fault in report.faults:
        console.print(fault.render(language), markup=False, soft_wrap=True)
    if not options.base_url:
        console.print(text("exported.no_base_url", language), markup=False, soft_wrap=True)
    said = {key: format_number(getattr(report, key), 0, language) for key in
            ("files", "drawn", "kept", "removed", "charts")}  # fmt: skip
    seconds = format_number(report.seconds, 1, language)
    summary = text("exported.summary", language, edition=report.edition, seconds=seconds, **said)
    console.print(summary, markup=False, soft_wrap=True)
    return report


def explain_in_console(workplace: Workplace) -> None:
    """What a build would make again, one line each, with what changed."""
    for name, reason in explain_staleness(workplace):
        print(f"{name}: {reason}")


def watch_in_console(workplace: Workplace, options: BuildOptions) -> None:
    """Build again each time a text of the workspace is saved, until interrupted."""
    from watchfiles import watch

    lake = workplace.lake.root
    for _ in watch(workplace.root, watch_filter=lambda _, path: _is_text(Path(path), lake)):
        build_in_console(workplace, options)


def _is_text(path: Path, lake: Path) -> bool:
    return path.suffix in (".yaml", ".sql", ".csv", ".xlsx", ".geojson") and lake not in path.parents


@contextmanager
def _bars(console: Console, language: str) -> Iterator["_Bars"]:
    columns = (
        TextColumn("{task.fields[stage]}", style="dim"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[amount]}", style="dim"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        yield _Bars(bars, console, language)


class _Bars:
    """Progress of a build as bars on a terminal, or as plain lines where there is none (a journal, CI)."""

    def __init__(self, bars: Progress, console: Console, language: str) -> None:
        self._bars, self._console, self._language = bars, console, language
        self._tasks: dict[tuple[Stage, str], TaskID] = {}

    def __call__(self, stage: Stage, name: str, done: float, total: float | None) -> None:
        finished = total is not None and done >= total
        task = self._tasks.get((stage, name))
        if task is None:
            if finished and stage == "source":
                return
            word = text(f"build.stage_{stage}", self._language)
            task = self._bars.add_task(name, total=total, stage=word, amount="")
            self._tasks[stage, name] = task
            if not self._console.is_terminal and not finished:
                self._console.print(f"{word} {name}", markup=False)
        big = stage == "source" and done > 1e6
        amount = text("build.megabytes", self._language, amount=f"{done / 1e6:.0f}") if big else ""
        self._bars.update(task, completed=done, total=total, amount=amount)
        if finished:
            self._bars.remove_task(self._tasks.pop((stage, name)))


def verify_in_console(workplace: Workplace) -> list[Fault]:
    """Read the whole lake again; each fault on standard error, what was read and whether it is whole on the output."""
    language, found = workplace.settings.language, verify(workplace)
    for one in found.faults:
        print(one.render(language), file=sys.stderr)
    counts = {"snapshots": found.snapshots, "objects": found.objects, "editions": found.editions}
    megabytes = format_number(found.bytes / 1e6, 1, language)
    count = len(found.faults)
    said = text("terminal.fault_count", language, count=count) if count else text("terminal.all_whole", language)
    print(f"{text('terminal.verified', language, megabytes=megabytes, **counts)} · {said}")
    return found.faults


def import_in_console(workplace: Workplace, path: Path, theme: str | None) -> None:
    """Write drafts of layers from a project or a style, and tell what was lost of each; ``import-theme-unknown``."""
    catalog = workplace.check().partial
    themes = list(catalog.vocabulary.themes) if catalog else []
    chosen = theme or next(iter(themes), "")
    if chosen not in themes:
        raise BeffroiError(errors.fault("import-theme-unknown", name=chosen, instead_of=chosen, available=themes))
    language = workplace.settings.language
    for each in import_styles(path, workplace.root, chosen, catalog.tables if catalog else (), language):
        print(f"{each.title} : {each.file or text('imports.skipped', language)}")
        for loss in each.losses:
            print(f"    {text('imports.lost', language)} {say_loss(loss, language)}")
        if not each.losses:
            print(f"    {text('imports.nothing_lost', language)}")


def draft_in_console(
    workplace: Workplace, kind: str, name: str, table: str | None, indicators: Sequence[str], level: str | None,
    layers: Sequence[str],
) -> None:  # fmt: skip
    """Write the draft of a layer or of a map, and tell where; faults of ``catalog.drafts``, ``draft-kind-unknown``."""
    language = workplace.settings.language
    if kind not in ("layer", "map"):
        raise BeffroiError(errors.fault("draft-kind-unknown", name=kind, instead_of=kind, available=("layer", "map")))
    checked = workplace.check()
    if (catalog := checked.partial) is None:
        raise BeffroiError(checked.faults)
    if kind == "map":
        file = draft_map(catalog, name, layers, language)
    else:
        file = draft_layer(catalog, name, table=table, indicators=indicators, level=level, language=language)
    print(text("drafts.written", language, file=file))


def publish_in_console(
    workplace: Workplace, dsn_env: str, schema: str | None, audience: str, reader: Reader, crs: str
) -> None:
    """Write the edition into a database, and tell what is there; ``postgis-dsn-missing``, ``crs-not-offered``,
    ``access-refused`` for a reader who sees more than any audience does."""
    if reader.builds:
        raise BeffroiError(errors.fault("access-refused", name=audience))
    dsn = os.environ.get(dsn_env, "")
    if not dsn:
        raise BeffroiError(errors.fault("postgis-dsn-missing", name=dsn_env))
    language = workplace.settings.language
    named = schema or name_schema(workplace.root.resolve().name, audience)
    atlas = Atlas(workplace.lake.release(reader))
    written = publish_postgis(atlas, dsn, named, audience, crs=read_crs(crs), language=language)
    for name, rows in sorted(written.rows.items()):
        print(f"{named}.{name}  {format_number(rows, 0, language)}")
    for name in written.gone:
        print(text("postgis.gone", language, name=f"{named}.{name}"))
    for name in written.refused:
        print(text("postgis.refused", language, name=name))
    total = format_number(sum(written.rows.values()), 0, language)
    print(text("postgis.done", language, count=len(written.rows), schema=named, rows=total))


def print_series(
    table: pa.Table,
    output: Literal["table", "csv", "json", "parquet"],
    release: Release,
    indicator: str,
    vintage: int | None,
    language: str,
) -> None:
    """A series on standard output; Parquet as bytes, meant for a file or a pipe."""
    if output == "csv":
        sys.stdout.write(write_csv(table).decode())
    elif output == "json":
        print(to_json(table))
    elif output == "parquet":
        sys.stdout.buffer.write(write_parquet(table, {}))
    else:
        _print_grid(table, release, indicator, vintage, language)


def _print_grid(table: pa.Table, release: Release, indicator: str, vintage: int | None, language: str) -> None:
    described = release.indicator(indicator)
    unit = release.catalogue["units"][described["unit"]]
    title = f"{pick(described['title'], language)} ({pick(unit['symbol'], language)})"
    console = Console(width=None if sys.stdout.isatty() else 200)
    grid = make_grid(
        table.slice(0, _ROWS_SHOWN),
        title=title,
        caption=text("terminal.geography", language, vintage=vintage or release.reference_vintage),
        decimals=unit["decimals"],
        width=console.width,
        language=language,
    )
    console.print(grid)
    if table.num_rows > _ROWS_SHOWN:
        console.print(text("terminal.more_rows", language, count=table.num_rows - _ROWS_SHOWN))


def print_explanation(found: Explanation | FigureExplanation, output: Literal["text", "json"], language: str) -> None:
    """The way back from a value, or from those of a figure, step under step."""
    if output == "json":
        import json

        print(json.dumps(found.to_json(), ensure_ascii=False, indent=1, default=str))
    else:
        lines = (
            _explained_figure(found, language) if isinstance(found, FigureExplanation) else _explained(found, language)
        )
        print("\n".join(lines))


def _line(key: str, said: str, language: str) -> str:
    return f"  {text(f'terminal.{key}', language):13} {said}"


def _explained(found: Explanation, language: str) -> Iterator[str]:
    value = found.value
    yield f"{value['indicator']}  {value['label']} ({value['level']} {value['territory']})  {value['period']}"
    number = "–" if value["value"] is None else value["value"]
    yield _line("value", f"{number}   {_status(value, language)}", language)
    yield from _hidden(value, found.instead, language)
    yield from _made_of(value, language)
    yield _line("definition", pick(found.definition, language), language)
    yield from _when(found, language)
    yield from _rows(found.contributions, language)
    yield from _ways(found, language)


def _explained_figure(found: FigureExplanation, language: str) -> Iterator[str]:
    yield found.reference
    where = "page_kept" if found.page_state == "kept" else "page_line"
    yield _line("page", text(f"terminal.{where}", language, file=found.file, line=found.line), language)
    yield _line("figure", f"{found.title} ({found.kind})" if found.title else found.kind, language)
    if found.absent:
        yield _line("not_shown", found.absent, language)
    elif not found.measures:
        yield _line("not_shown", text("terminal.no_value", language), language)
    yield from _when(found, language)
    for measure in found.measures:
        yield ""
        yield f"{measure.indicator}  {pick(measure.title, language)}"
        yield _line("definition", pick(measure.definition, language), language)
        pairs = list(zip(measure.values, measure.contributions, strict=True))
        for value, contributions in pairs[:VALUES_SHOWN]:
            number = "–" if value["value"] is None else value["value"]
            whose = f"{value['label']} ({value['level']} {value['territory']})  {value['period']}"
            yield _line("value", f"{number}   {whose}   {_status(value, language)}", language)
            yield from _hidden(value, (), language)
            yield from _made_of(value, language)
            yield from _rows(contributions, language)
        if len(pairs) > VALUES_SHOWN:
            yield f"{'':16}{text('terminal.more_values', language, count=len(pairs) - VALUES_SHOWN)}"
    if found.measures:
        yield ""
        yield from _ways(found, language)


def _status(value: Mapping[str, Any], language: str) -> str:
    marks = {"status": value["status"], "confidentiality": value["confidentiality"]}
    return text("terminal.status_words", language, **marks)


def _hidden(value: Mapping[str, Any], instead: Sequence[Mapping[str, Any]], language: str) -> Iterator[str]:
    """Why a value is hidden, and what to read in its place."""
    if value["confidentiality"] != "F":
        yield _line("hidden", say_reason(absence_of(value["status"], value["confidentiality"]), language), language)
    for each in instead:
        whose = f"{each['label']} ({each['level']} {each['territory']})  {each['period']}"
        yield _line("instead", f"{each['value']}   {whose}", language)


def _made_of(value: Mapping[str, Any], language: str) -> Iterator[str]:
    if value["denominator"] is not None:
        yield _line("parts", f"{_plain(value['numerator'])} / {_plain(value['denominator'])}", language)
    observations = "–" if value["observations"] is None else str(value["observations"])
    yield _line("observations", observations, language)


def _when(found: Explanation | FigureExplanation, language: str) -> Iterator[str]:
    said = text("terminal.built_on", language, edition=found.edition, built=found.built)
    yield _line("edition", said, language)
    yield _line("place", text("terminal.geography", language, vintage=found.vintage), language)


def _rows(contributions: list[dict[str, Any]], language: str) -> Iterator[str]:
    for row in contributions:
        keys = ", ".join(" ".join(map(str, key.values())) for key in row["keys"][:_KEYS_SHOWN])
        keys += ", …" if row["rows"] > _KEYS_SHOWN else ""
        role = "" if row["part"] == "value" else f" ({row['part']})"
        said = text("terminal.rows_of", language, count=row["rows"], table=row["table"], role=role, keys=keys)
        yield _line("rows", said, language)


def _ways(found: Explanation | FigureExplanation, language: str) -> Iterator[str]:
    """The tables with their SELECT, and the bytes that they were read from."""
    for table in found.tables:
        rows = {"table": table.id, "count": _known(table.rows), "sha256": _known(table.sha256)}
        yield _line("table", text("terminal.table_rows", language, **rows), language)
        yield f"{'':16}{text('terminal.reads', language, file=table.sql_file, names=', '.join(table.reads))}"
        yield from (f"{'':16}| {written}" for written in table.sql.splitlines())
    for file in found.snapshots:
        name = f"{file.source} [{file.part}]" if file.part else file.source
        said = text("terminal.file_bytes", language, file=name, count=_known(file.bytes), sha256=_known(file.sha256))
        yield _line("file", said, language)
        whence = {"address": file.address, "fetched": file.fetched[:10], "producer": file.producer}
        yield f"{'':16}{text('terminal.received', language, **whence, licence=file.licence)}"


def _known(value: int | str | None) -> int | str:
    """What is told of a table, or a dash where it is not told."""
    return "–" if value is None else value


def _plain(value: Decimal) -> str:
    """An exact number without the decimals that it does not need."""
    return f"{value.normalize():f}"
