"""A map printed from the command line: the same sheet as a server gives."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from beffroi.access import Reader
from beffroi.observe import Atlas
from beffroi.publish import Site, load_assets
from beffroi.publish.maps import look_at_map
from beffroi.publish.prints import name_print, read_order, write_print
from beffroi.run.workplaces import Workplace


def print_sheet(
    workplace: Workplace, name: str, reader: Reader, asked: Mapping[str, Sequence[str]], language: str,
    file: Path | None,
) -> Path:  # fmt: skip
    """Write the PDF of a map of the current edition to ``file``, or beside where one stands, under its own name.

    ``asked`` is what an address would say (``format``, ``echelle``, ``couche``…). Faults: those of ``read_order`` and
    of ``write_print``.
    """
    site = Site(Atlas(workplace.lake.release(reader)), load_assets())
    order = read_order(site.atlas, look_at_map(site, name, language), asked, language)
    target = file or Path(name_print(order))
    write_print(site, order, language, target)
    return target


__all__ = ["print_sheet"]
