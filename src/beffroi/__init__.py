"""Beffroi: from a folder of plain text to a territorial data platform.

The folders below are the way of the data; a room imports those above it in the list, never those below:
``errors units stats settings language`` (the ground), ``access``, ``catalog``, ``collect``, ``geo``, ``lake``,
``measure``, ``observe``, ``publish``, ``run``, ``serve``, ``cli``.
"""

from importlib.metadata import version as _version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beffroi.notebook import Notebook

__all__ = ["__version__", "open"]

__version__ = _version("beffroi")


def open(workspace: str | Path, audience: str = "public") -> "Notebook":
    """Open the released edition of a workspace from Python.

    ``workspace`` is the folder that holds ``workspace.yaml``. The result reads released series only, as the
    given audience: ``beffroi.open("workspaces/artois").series("housing/vacancy_rate")`` is a DataFrame.
    Raises ``BeffroiError`` (``no-edition``) when the workspace was never built.
    """
    from beffroi.notebook import Notebook

    return Notebook(Path(workspace), audience)
