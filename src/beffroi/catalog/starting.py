"""A new workspace: a small invented territory that checks and builds at once, without any network.

Its files are those of ``starter/``, whose comments teach; only the title changes. Nothing that exists is overwritten.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from beffroi.catalog.reading.scalars import write_inline
from beffroi.errors import BeffroiError, Place, fault

_TITLE = "title: Mon territoire\n"
_IGNORED = "# Ce que Beffroi construit, et qui se refait.\n.beffroi/\n"


def new_workspace(folder: Path, title: str) -> None:
    """Write the starter's files into ``folder``, made if need be; ``folder-not-empty`` when something is there already.

    Raises ``BeffroiError`` too when the folder cannot be written (``folder-not-writable``).
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise BeffroiError(fault("folder-not-empty", Place(str(folder)), folder=str(folder)))
        _copy(files("beffroi.catalog").joinpath("starter"), folder, title)
        (folder / ".gitignore").write_text(_IGNORED, "utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BeffroiError(
            fault("folder-not-writable", Place(str(folder)), folder=str(folder), reason=reason)
        ) from error


def _copy(source: Traversable, folder: Path, title: str) -> None:
    for item in sorted(source.iterdir(), key=lambda entry: entry.name):
        if item.is_dir():
            (folder / item.name).mkdir()
            _copy(item, folder / item.name, title)
        else:
            text = item.read_text("utf-8")
            if item.name == "workspace.yaml":
                text = text.replace(_TITLE, "title: " + write_inline(title, "quoted") + "\n")
            (folder / item.name).write_text(text, "utf-8", newline="\n")
