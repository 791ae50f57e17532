"""A layer as a GeoPackage: words of fields and of the layer within it, dated by its edition."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from beffroi.language import text
from beffroi.publish.geodata.ogr import write_ogr
from beffroi.publish.geodata.orders import Order, describe_order, name_table
from beffroi.publish.geodata.words import FieldWords, word_fields


def write_geopackage(order: Order, file: Path) -> None:
    fields = word_fields(order.view, order.language)
    about: dict[str, str] = {}
    for label, words in describe_order(order):
        about[label] = f"{about[label]}\n{words}" if label in about else words
    name = name_table(order.view.id)
    write_ogr(
        order, file, fields, "GPKG", layer=name, dataset_options={"VERSION": "1.3"}, layer_metadata=about,
        layer_options={"FID": _free("n", fields), "GEOMETRY_NAME": _free("geom", fields), "DESCRIPTION": _brief(order),
                       "IDENTIFIER": order.view.title},
    )  # fmt: skip
    # The day is that of the edition: the same edition gives the same bytes.
    day = order.built.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    connection = sqlite3.connect(file)
    try:
        with connection:
            connection.execute("UPDATE gpkg_contents SET last_change = ?", [day])
            connection.execute("UPDATE gpkg_metadata_reference SET timestamp = ?", [day])
            for each in fields:
                connection.execute(
                    "UPDATE gpkg_data_columns SET title = ? WHERE table_name = ? AND column_name = ?",
                    [each.title, name, each.name],
                )
    finally:
        connection.close()


def _brief(order: Order) -> str:
    mention = f"{text('notice.synthetic', order.language)} " if order.view.synthetic else ""
    return mention + order.view.description


def _free(name: str, fields: Sequence[FieldWords]) -> str:
    """A name that no field has."""
    taken = {each.name.lower() for each in fields}
    while name in taken:
        name += "_"
    return name


__all__ = ["write_geopackage"]
