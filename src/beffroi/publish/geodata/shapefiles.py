"""A layer as a Shapefile: names cut to what its fields hold, and a text that says what they stand for."""

import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from beffroi.errors import BeffroiError, fault
from beffroi.language import text
from beffroi.publish.geodata.ogr import family_of, write_ogr
from beffroi.publish.geodata.orders import Order, describe_order, name_geodata
from beffroi.publish.geodata.words import word_fields, write_readme

_NAME_BYTES = 10
"""What the name of a field holds."""


def write_shapefile(order: Order, file: Path) -> None:
    """A Shapefile in its archive, with a text that says what its names stand for."""
    if len({family_of(kind) for kind in order.kinds}) > 1:
        raise BeffroiError(fault("shapefile-mixed", name=order.view.title, kinds=", ".join(order.kinds)))
    names = cut_names(["fid", *(each.name for each in order.view.attributes)])
    fields = word_fields(order.view, order.language, names)
    stem = name_geodata(order.view, "shp", order.crs).removesuffix(".shp")
    cut: dict[str, int] = {}
    with TemporaryDirectory(dir=file.parent) as folder:
        write_ogr(
            order, Path(folder) / f"{stem}.shp", fields, "ESRI Shapefile", layer=stem, cut=cut,
            layer_options={"ENCODING": "UTF-8", "DBF_DATE_LAST_UPDATE": order.built.strftime("%Y-%m-%d")},
        )  # fmt: skip
        readme = write_readme(describe_order(order), fields, cut, order.language)
        (Path(folder) / text("geodata.readme", order.language)).write_bytes(readme)
        moment = order.built.timetuple()[:6]
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                entry = zipfile.ZipInfo(part.name, moment)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                with archive.open(entry, "w", force_zip64=True) as into, part.open("rb") as out:
                    while piece := out.read(1 << 20):
                        into.write(piece)


def cut_names(names: Iterable[str]) -> dict[str, str]:
    """By its name, the one that each field has in a Shapefile: ten letters without accents, no two alike."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or "champ"
        short, rank = plain[:_NAME_BYTES], 1
        while short.lower() in taken:
            short = f"{plain[: _NAME_BYTES - len(str(rank)) - 1]}_{rank}"
            rank += 1
        taken.add(short.lower())
        found[name] = short
    return found


__all__ = ["cut_names", "write_shapefile"]
