"""The commands: each opens a room's door and shows what comes out. It computes nothing.

What they are for, and their parameters, is said in ``messages/interface_commands.toml``. Imports are made by each
command, so that a quick question has a quick answer.
"""

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from beffroi.cli.helps import SpokenCommand, SpokenGroup
from beffroi.errors import BeffroiError
from beffroi.language import text
from beffroi.settings import read_settings

if TYPE_CHECKING:
    from beffroi.access import Reader
    from beffroi.run import Workplace

app = typer.Typer(name="beffroi", cls=SpokenGroup, add_completion=False, rich_markup_mode=None)
_command = partial(app.command, cls=SpokenCommand)

Folder = Annotated[Path | None, typer.Argument()]
FolderOption = Annotated[Path | None, typer.Option("--workspace", "-w")]
Only = Annotated[list[str] | None, typer.Option("--only")]


@app.callback(invoke_without_command=True)
def show_version(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version")] = False,
) -> None:
    """Print the version, or the help when no command is given."""
    if version:
        from beffroi import __version__

        typer.echo(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@_command()
def build(
    folder: Folder = None,
    only: Only = None,
    offline: Annotated[bool, typer.Option()] = False,
    refresh: Annotated[bool, typer.Option()] = False,
    accept: Annotated[list[str] | None, typer.Option()] = None,
    explain_stale: Annotated[bool, typer.Option()] = False,
    watch: Annotated[bool, typer.Option()] = False,
) -> None:
    """Build what is stale and publish an edition."""
    from beffroi.run import BuildOptions
    from beffroi.run.consoles import build_in_console, explain_in_console, watch_in_console

    workplace = _open(folder)
    options = BuildOptions(
        frozenset(only or ()), offline or workplace.settings.offline, refresh, frozenset(accept or ())
    )
    if explain_stale:
        explain_in_console(workplace)
        return
    report = build_in_console(workplace, options)
    if watch:
        watch_in_console(workplace, options)
    if faults := report.own_faults:
        sys.exit(BeffroiError(faults).exit_code)


@_command()
def check(
    folder: Folder = None,
    output: Annotated[Literal["text", "json"], typer.Option("--format")] = "text",
) -> None:
    """Tell every fault of the texts."""
    from beffroi.catalog.advices import advise

    workplace = _open(folder)
    language = workplace.settings.language
    checked = workplace.check()
    # Faults come first: what would be better is told once there are none.
    advice = advise(checked.catalog, language) if checked.catalog else ()
    if output == "json":
        typer.echo(
            json.dumps(
                {"faults": [fault.to_json(language) for fault in checked.faults], "advice": advice},
                ensure_ascii=False,
                indent=1,
            )
        )
    elif checked.faults:
        for fault in checked.faults:
            typer.echo(fault.render(language), err=True)
        typer.echo(text("terminal.fault_count", language, count=len(checked.faults)), err=True)
    else:
        typer.echo(text("terminal.no_fault", language))
    if output == "text":
        for words in advice:
            typer.echo(words, err=True)
    if checked.faults:
        sys.exit(BeffroiError(checked.faults).exit_code)


@_command()
def show(
    indicator: Annotated[str, typer.Argument()],
    level: Annotated[str | None, typer.Option()] = None,
    territory: Annotated[str | None, typer.Option()] = None,
    period: Annotated[str | None, typer.Option()] = None,
    vintage: Annotated[int | None, typer.Option()] = None,
    output: Annotated[Literal["table", "csv", "json", "parquet"], typer.Option("--format")] = "table",
    folder: FolderOption = None,
    audience: Annotated[str, typer.Option()] = "builder",
) -> None:
    """Print the series of an indicator."""
    from beffroi.run.consoles import print_series
    from beffroi.run.showing import select_series

    workplace = _open(folder)
    table = select_series(
        workplace, indicator, _reader(audience), level=level, territory=territory, period=period, vintage=vintage
    )
    release = workplace.lake.release(_reader(audience))
    print_series(table, output, release, indicator, vintage, workplace.settings.language)


@_command()
def explain(
    reference: Annotated[str, typer.Argument()],
    territory: Annotated[str | None, typer.Option()] = None,
    period: Annotated[str | None, typer.Option()] = None,
    level: Annotated[str | None, typer.Option()] = None,
    vintage: Annotated[int | None, typer.Option()] = None,
    output: Annotated[Literal["text", "json"], typer.Option("--format")] = "text",
    folder: FolderOption = None,
) -> None:
    """Print the way back to its bytes from a value, or from each value of a figure."""
    from beffroi.cli.refusals import missing_fault, useless_fault
    from beffroi.run.consoles import VALUES_SHOWN, print_explanation
    from beffroi.run.explaining import explain as explain_value
    from beffroi.run.figures import explain_figure

    workplace = _open(folder)
    language = workplace.settings.language
    asked = {"territory": territory, "period": period, "level": level, "vintage": vintage}
    if "#" in reference:
        # The reference says where and when: nothing else may.
        if useless := [name for name, value in asked.items() if value is not None]:
            raise BeffroiError(useless_fault("explain", useless[0]))
        traced = VALUES_SHOWN if output == "text" else None
        print_explanation(explain_figure(workplace, reference, traced=traced), output, language)
        return
    if territory is None or period is None:
        raise BeffroiError(missing_fault("explain", "territory" if territory is None else "period"))
    found = explain_value(workplace, reference, level=level, territory=territory, period=period, vintage=vintage)
    print_explanation(found, output, language)


@_command()
def serve(
    folder: Folder = None,
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    workers: Annotated[int, typer.Option(min=1)] = 1,
    watch: Annotated[bool, typer.Option()] = False,
    edit: Annotated[bool, typer.Option()] = False,
) -> None:
    """Serve the current edition until interrupted."""
    from beffroi.serve.running import run_server

    run_server(_open(folder).root, host=host, port=port, workers=workers, watch=watch, edit=edit)


@_command()
def export(
    target: Annotated[Path, typer.Argument()],
    folder: FolderOption = None,
    audience: Annotated[Literal["public"], typer.Option()] = "public",
    base_url: Annotated[str | None, typer.Option()] = None,
    server: Annotated[str | None, typer.Option()] = None,
    language: Annotated[list[str] | None, typer.Option()] = None,
    png: Annotated[bool, typer.Option("--png")] = False,
    workers: Annotated[int | None, typer.Option(min=1)] = None,
) -> None:
    """Write the public edition as files."""
    from beffroi.run.consoles import export_in_console
    from beffroi.run.exporting import ExportOptions, count_workers

    workplace = _open(folder)
    options = ExportOptions(base_url or "", server or "", tuple(language or ()), png, workers or count_workers())
    if faults := export_in_console(workplace, target, options).faults:
        sys.exit(BeffroiError(faults).exit_code)


@_command()
def editions(folder: Folder = None) -> None:
    """Print the editions that are kept; a star marks the one that is served."""
    workplace = _open(folder)
    store = workplace.lake.editions
    for name in store.ids():
        mark, edition = "*" if name == store.current_id() else " ", store.get(name)
        objects = text("terminal.object_count", workplace.settings.language, count=len(edition.objects))
        again = f"  = {edition.restores}" if edition.restores else ""
        typer.echo(f"{mark} {name}  {edition.built}  {objects}{again}")


@_command()
def rollback(
    folder: Folder = None,
    to: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Serve an older edition again."""
    from beffroi.run.rollbacks import roll_back

    workplace = _open(folder)
    served = roll_back(workplace, to)
    language = workplace.settings.language
    again = served.restores or served.id
    typer.echo(text("terminal.served_again", language, edition=served.id, again=again, built=served.built))


@_command()
def verify(
    folder: Folder = None,
    file: Annotated[Path | None, typer.Option("--file")] = None,
    figure: Annotated[str | None, typer.Option()] = None,
    edition: Annotated[str | None, typer.Option()] = None,
    manifest: Annotated[Path | None, typer.Option()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Read the whole lake again, or tell where a file or a figure comes from."""
    from beffroi.cli.refusals import missing_fault, useless_fault
    from beffroi.run.audit_consoles import prove_by_manifest, prove_in_console
    from beffroi.run.consoles import verify_in_console

    if manifest is not None:
        if file is None:
            raise BeffroiError(missing_fault("verify", "file"))
        prove_by_manifest(manifest, file, read_settings().language, as_json=as_json)
    elif file is not None or figure is not None:
        if file is not None and figure is not None:
            raise BeffroiError(useless_fault("verify", "figure"))
        prove_in_console(_open(folder), file, figure, edition, as_json=as_json)
    elif useless := "edition" if edition is not None else "json" if as_json else "":
        raise BeffroiError(useless_fault("verify", useless))
    elif faults := verify_in_console(_open(folder)):
        sys.exit(BeffroiError(faults).exit_code)


@_command()
def audit(
    folder: Folder = None,
    edition: Annotated[str | None, typer.Option()] = None,
    audience: Annotated[str | None, typer.Option()] = None,
    pdf: Annotated[Path | None, typer.Option()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Tell what an edition published, to whom, under which rules, and what the attacker found."""
    from beffroi.run.audit_consoles import audit_in_console

    audit_in_console(_open(folder), edition, audience, pdf, as_json=as_json)


@_command()
def new(
    folder: Annotated[Path, typer.Argument()],
    draft: Annotated[str | None, typer.Argument()] = None,
    title: Annotated[str, typer.Option()] = "Mon territoire",
    table: Annotated[str | None, typer.Option()] = None,
    indicator: Annotated[list[str] | None, typer.Option()] = None,
    level: Annotated[str | None, typer.Option()] = None,
    layer: Annotated[list[str] | None, typer.Option()] = None,
    workspace: FolderOption = None,
) -> None:
    """Write a first workspace, on made-up data; or the draft of a layer or of a map in one that is there."""
    from beffroi.catalog import new_workspace
    from beffroi.run.consoles import draft_in_console

    if draft is not None:
        draft_in_console(_open(workspace), str(folder), draft, table, indicator or (), level, layer or ())
        return
    new_workspace(folder, title)
    typer.echo(text("terminal.created", read_settings().language, folder=folder))


@_command("format")
def format_texts(
    folder: Folder = None,
    check_only: Annotated[bool, typer.Option("--check")] = False,
) -> None:
    """Write the texts in their canonical form."""
    from beffroi.catalog import format_workspace

    root = _open(folder).root
    changed = format_workspace(root, write=not check_only)
    for path in changed:
        typer.echo(str(path.relative_to(root)))
    if check_only and changed:
        sys.exit(2)


@_command()
def schemas(folder: Annotated[Path, typer.Argument()]) -> None:
    """Write the JSON Schemas of declarations."""
    from beffroi.catalog import export_schemas

    for path in export_schemas(folder):
        typer.echo(str(path))


@_command("import-qgis")
def import_qgis(
    project: Annotated[Path, typer.Argument()],
    theme: Annotated[str | None, typer.Option()] = None,
    folder: FolderOption = None,
) -> None:
    """Write drafts of layers from a QGIS project or style."""
    from beffroi.run.consoles import import_in_console

    import_in_console(_open(folder), project, theme)


@_command("print")
def print_map(
    map_name: Annotated[str, typer.Argument()],
    paper: Annotated[Literal["A4", "A3", "A2", "A1", "A0"], typer.Option("--format")] = "A4",
    orientation: Annotated[Literal["paysage", "portrait"], typer.Option()] = "paysage",
    scale: Annotated[int | None, typer.Option(min=500, max=5_000_000)] = None,
    centre: Annotated[str | None, typer.Option()] = None,
    territory: Annotated[str | None, typer.Option()] = None,
    layer: Annotated[list[str] | None, typer.Option()] = None,
    atlas: Annotated[str | None, typer.Option()] = None,
    language: Annotated[Literal["fr", "en"], typer.Option()] = "fr",
    output: Annotated[Path | None, typer.Option("--output", "-o")] = None,
    folder: FolderOption = None,
    audience: Annotated[str, typer.Option()] = "public",
) -> None:
    """Print a map to scale, as a PDF."""
    from beffroi.run.printing import print_sheet

    said = {"format": paper, "orientation": orientation, "echelle": scale, "centre": centre, "territoire": territory,
            "atlas": atlas}  # fmt: skip
    asked = {key: [str(value)] for key, value in said.items() if value is not None} | {"couche": layer or []}
    typer.echo(str(print_sheet(_open(folder), map_name, _reader(audience), asked, language, output)))


@_command("publish-postgis")
def publish_postgis(
    schema: Annotated[str | None, typer.Option()] = None,
    audience: Annotated[str, typer.Option()] = "public",
    dsn_env: Annotated[str, typer.Option()] = "BEFFROI_POSTGIS",
    crs: Annotated[str, typer.Option()] = "2154",
    folder: FolderOption = None,
) -> None:
    """Write the edition as tables of a PostGIS database."""
    from beffroi.run.consoles import publish_in_console

    publish_in_console(_open(folder), dsn_env, schema, audience, _reader(audience), crs)


def _open(folder: Path | None) -> "Workplace":
    from beffroi.run import open_workplace

    return open_workplace(folder or _default_folder(), read_settings())


def _default_folder() -> Path:
    """The workspace that one stands in, or that of the repository."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "workspace.yaml").exists():
            return folder
    return here / "workspaces" / "artois"


def _reader(audience: str) -> "Reader":
    from beffroi.access import BUILDER, PUBLIC, partner

    if audience in ("builder", "public"):
        return BUILDER if audience == "builder" else PUBLIC
    return partner(audience.removeprefix("partner:"))
