"""A layer as a FlatGeobuf."""

from pathlib import Path

from beffroi.publish.geodata.ogr import write_ogr
from beffroi.publish.geodata.orders import Order, describe_order, name_table
from beffroi.publish.geodata.words import word_fields


def write_flatgeobuf(order: Order, file: Path) -> None:
    fields = word_fields(order.view, order.language)
    words = "\n".join(f"{label} : {said}" for label, said in describe_order(order))
    options = {"TITLE": order.view.title, "DESCRIPTION": words}
    write_ogr(order, file, fields, "FlatGeobuf", layer=name_table(order.view.id), layer_options=options)


__all__ = ["write_flatgeobuf"]
