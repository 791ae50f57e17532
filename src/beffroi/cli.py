"""The command line: each command opens a room's door and shows what comes out. It computes nothing.

Faults are written to standard error, in the language of ``BEFFROI_LANGUAGE`` (French by default), and give the exit
code of their class. Imports are made by each command, so that a quick question has a quick answer.
"""

import json
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from beffroi.errors import BeffroiError, fault, system_fault
from beffroi.settings import read_settings, spoken_language

if TYPE_CHECKING:
    from beffroi.access import Reader
    from beffroi.run import Workplace

app = typer.Typer(
    name="beffroi",
    help="D'un dossier de texte à un observatoire territorial : chaque chiffre remonte à sa source.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Folder = Annotated[
    Path | None, typer.Argument(help="Dossier de l'espace de travail (celui où l'on est, ou workspaces/artois).")
]
FolderOption = Annotated[
    Path | None, typer.Option("--workspace", "-w", help="Dossier de l'espace de travail.", show_default=False)
]
Only = Annotated[list[str] | None, typer.Option("--only", help="Ne construire que cette table ou cet indicateur.")]


def main() -> None:
    """Run the command line; faults become messages and an exit code, never a traceback."""
    try:
        app()
    except BrokenPipeError:
        # Whoever read the output has seen enough (``beffroi show … | head``).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        known = _as_faults(error)
        for fault in known.faults:
            typer.echo(fault.render(spoken_language()), err=True)
        sys.exit(known.exit_code)


def _as_faults(error: Exception) -> BeffroiError:
    """An error as a person can read it; what nobody foresaw is kept whole in a file beside."""
    if isinstance(error, BeffroiError):
        return error
    if isinstance(error, OSError):
        return BeffroiError(system_fault(error))
    with tempfile.NamedTemporaryFile("w", prefix="beffroi-", suffix=".txt", delete=False, encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return BeffroiError(fault("unforeseen", detail=f"{type(error).__name__}: {error}", file=file.name))


@app.callback(invoke_without_command=True)
def show_version(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="La version, puis s'arrêter.")] = False,
) -> None:
    if version:
        from beffroi import __version__

        typer.echo(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def build(
    folder: Folder = None,
    only: Only = None,
    offline: Annotated[bool, typer.Option(help="N'utiliser que ce qui est déjà là.")] = False,
    refresh: Annotated[bool, typer.Option(help="Redemander chaque source à son producteur.")] = False,
    accept: Annotated[
        list[str] | None, typer.Option(help="Accepter le changement du nombre de lignes de cette table.")
    ] = None,
    explain_stale: Annotated[
        bool, typer.Option(help="Dire ce qui serait refait, et pourquoi, sans rien faire.")
    ] = False,
    watch: Annotated[bool, typer.Option(help="Reconstruire à chaque enregistrement d'un texte.")] = False,
) -> None:
    """Construire ce qui ne l'est pas, et publier une édition."""
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


@app.command()
def check(
    folder: Folder = None,
    output: Annotated[Literal["text", "json"], typer.Option("--format", help="Texte ou JSON.")] = "text",
) -> None:
    """Lire les textes et dire toutes leurs fautes, sans rien construire."""
    workplace = _open(folder)
    checked = workplace.check()
    if output == "json":
        typer.echo(
            json.dumps(
                {"faults": [fault.to_json(workplace.settings.language) for fault in checked.faults]},
                ensure_ascii=False,
                indent=1,
            )
        )
    elif checked.faults:
        for fault in checked.faults:
            typer.echo(fault.render(workplace.settings.language), err=True)
        typer.echo(f"{len(checked.faults)} faute(s)", err=True)
    else:
        typer.echo("aucune faute")
    if checked.faults:
        sys.exit(BeffroiError(checked.faults).exit_code)


@app.command()
def show(
    indicator: Annotated[str, typer.Argument(help="Identifiant : housing/vacancy_rate.")],
    level: Annotated[str | None, typer.Option(help="iris, commune, epci, grouping, departement, region, pays…")] = None,
    territory: Annotated[str | None, typer.Option(help="Code du territoire.")] = None,
    period: Annotated[str | None, typer.Option(help="2021, 2023-Q3…")] = None,
    vintage: Annotated[int | None, typer.Option(help="Géographie au 1er janvier de cette année.")] = None,
    output: Annotated[
        Literal["table", "csv", "json", "parquet"], typer.Option("--format", help="Forme de la réponse.")
    ] = "table",
    folder: FolderOption = None,
    audience: Annotated[str, typer.Option(help="Au nom de qui : builder, public, partner:<nom>.")] = "builder",
) -> None:
    """Montrer les valeurs diffusées d'un indicateur."""
    from beffroi.run.consoles import print_series
    from beffroi.run.showing import select_series

    workplace = _open(folder)
    table = select_series(
        workplace, indicator, _reader(audience), level=level, territory=territory, period=period, vintage=vintage
    )
    print_series(table, output, workplace.lake.release(_reader(audience)), indicator, vintage)


@app.command()
def explain(
    indicator: Annotated[str, typer.Argument(help="Identifiant : housing/vacancy_rate.")],
    territory: Annotated[str, typer.Option(help="Code du territoire.")],
    period: Annotated[str, typer.Option(help="2021, 2023-Q3…")],
    level: Annotated[str | None, typer.Option(help="Niveau, si le code ne suffit pas.")] = None,
    vintage: Annotated[int | None, typer.Option(help="Géographie au 1er janvier de cette année.")] = None,
    output: Annotated[Literal["text", "json"], typer.Option("--format", help="Texte ou JSON.")] = "text",
    folder: FolderOption = None,
) -> None:
    """Remonter d'une valeur aux lignes, au SELECT, à l'édition, au fichier reçu, à son sha256 et à son adresse."""
    from beffroi.run.consoles import print_explanation
    from beffroi.run.explaining import explain as explain_value

    found = explain_value(_open(folder), indicator, level=level, territory=territory, period=period, vintage=vintage)
    print_explanation(found, output)


@app.command()
def serve(
    folder: Folder = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port ; 0 : un port libre.")] = 8000,
    host: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
    workers: Annotated[int, typer.Option(min=1, help="Nombre de processus.")] = 1,
) -> None:
    """Servir l'édition courante."""
    from beffroi.serve.running import run_server

    run_server(_open(folder).root, host=host, port=port, workers=workers)


@app.command()
def editions(folder: Folder = None) -> None:
    """Lister les éditions gardées ; celle qui est servie est marquée."""
    store = _open(folder).lake.editions
    for name in store.ids():
        mark = "*" if name == store.current_id() else " "
        typer.echo(f"{mark} {name}  {store.get(name).built}  {len(store.get(name).objects)} objets")


@app.command()
def rollback(
    folder: Folder = None,
    to: Annotated[str | None, typer.Option(help="Édition à servir ; la précédente si absent.")] = None,
) -> None:
    """Servir de nouveau une édition plus ancienne."""
    edition = _open(folder).lake.editions.roll_back(to)
    typer.echo(f"édition servie : {edition.id} ({edition.built})")


@app.command()
def verify(folder: Folder = None) -> None:
    """Relire tout ce que le lac garde, et le comparer aux sha256 notés ; rien n'est refait ni effacé."""
    from beffroi.run.consoles import verify_in_console

    if faults := verify_in_console(_open(folder)):
        sys.exit(BeffroiError(faults).exit_code)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Dossier à créer.")],
    title: Annotated[str, typer.Option(help="Titre de l'espace de travail.")] = "Mon territoire",
) -> None:
    """Commencer un espace de travail qui se construit aussitôt, sur des données fictives."""
    from beffroi.catalog import new_workspace

    new_workspace(folder, title)
    typer.echo(f"créé : {folder}\nensuite : beffroi build {folder} && beffroi serve {folder}")


@app.command("format")
def format_texts(
    folder: Folder = None,
    check_only: Annotated[bool, typer.Option("--check", help="Dire seulement ce qui changerait.")] = False,
) -> None:
    """Mettre les textes en forme canonique, commentaires gardés."""
    from beffroi.catalog import format_workspace

    root = _open(folder).root
    changed = format_workspace(root, write=not check_only)
    for path in changed:
        typer.echo(str(path.relative_to(root)))
    if check_only and changed:
        sys.exit(2)


@app.command()
def schemas(folder: Annotated[Path, typer.Argument(help="Dossier où les écrire.")]) -> None:
    """Écrire les JSON Schemas des déclarations, pour les éditeurs de texte."""
    from beffroi.catalog import export_schemas

    for path in export_schemas(folder):
        typer.echo(str(path))


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
