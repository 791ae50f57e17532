"""A layer as GeoParquet, with the types of the release."""

import json
from pathlib import Path

import pyarrow as pa

from beffroi.lake.releases import write_geoparquet
from beffroi.language import text
from beffroi.publish.geodata.orders import ARROW_TYPES, Order, describe_order, read_order
from beffroi.publish.geodata.words import FieldWords, word_fields


def write_parquet(order: Order, file: Path) -> None:
    fields = word_fields(order.view, order.language)
    first = next(read_order(order), None)
    types = {name: first.schema.field(name).type for name in first.column_names} if first is not None else {}
    schema = pa.schema(
        [
            *(
                pa.field(each.name, types.get(each.attribute, ARROW_TYPES[each.type]), metadata=_plain_words(each))
                for each in fields
            ),
            pa.field("geometry", pa.binary()),
        ]
    )
    names = [*(each.attribute for each in fields), "geometry"]
    write_geoparquet(
        file, schema, (page.select(names) for page in read_order(order)), crs=order.crs, kinds=order.kinds,
        metadata={
            "beffroi.notice": text("notice.synthetic", order.language) if order.view.synthetic else "",
            "beffroi.about": json.dumps(describe_order(order), ensure_ascii=False),
        },
    )  # fmt: skip


def _plain_words(each: FieldWords) -> dict[str, str]:
    words = {"title": each.title, "unit": each.unit, "definition": each.definition}
    return {key: said for key, said in words.items() if said}


__all__ = ["write_parquet"]
