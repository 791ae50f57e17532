"""What a file of a layer says of itself: its fields in words, whom it comes from, and that it is made up when it is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beffroi.language import format_date, pick_symbol, text
from beffroi.observe.atlases import Atlas
from beffroi.observe.layers import AttributeView, LayerView

FICTITIOUS = "donnees-fictives"
"""What the name of a file of made-up data holds, in every language."""

_CSVW = {
    "text": "string", "integer": "integer", "decimal": "decimal", "number": "number", "boolean": "boolean",
    "date": "date", "timestamp": "datetime",
}  # fmt: skip


@dataclass(frozen=True)
class FieldWords:
    """A field of a file: its name there, the attribute that it holds, and its words."""

    name: str
    attribute: str
    title: str
    type: str
    unit: str
    definition: str

    @property
    def comment(self) -> str:
        """Definition and unit, as one text."""
        return " ".join(part for part in (self.definition, f"({self.unit})" if self.unit else "") if part)


def word_fields(view: LayerView, language: str, names: Mapping[str, str] | None = None) -> tuple[FieldWords, ...]:
    """The identifier and the attributes; ``names`` gives the name that each has in the file, its own when absent."""
    known = names or {}
    fid = FieldWords(
        known.get("fid", "fid"), "fid", text("geodata.fid", language), "text", "", text("geodata.fid_is", language)
    )
    return fid, *(_word(each, known.get(each.name, each.name), language) for each in view.attributes)


def _word(each: AttributeView, name: str, language: str) -> FieldWords:
    unit = pick_symbol(each.unit, 10, language) if each.unit else ""
    definition = each.definition
    if each.words:
        said = " ; ".join(f"{code} : {words}" for code, words in each.words.items())
        definition = f"{definition} {said}".strip()
    return FieldWords(name, each.name, each.title, each.type, unit, definition)


def describe_geodata(atlas: Atlas, view: LayerView, crs: str, language: str) -> tuple[tuple[str, str], ...]:
    """What there is to know of a file, label by label, in the order in which one reads it."""
    told = []
    if view.synthetic:
        told.append((text("geodata.notice", language), text("notice.synthetic", language)))
    told += [
        (text("geodata.title", language), view.title),
        (text("geodata.description", language), view.description),
        *((text("geodata.notice", language), notice) for notice in view.notices),
        *((text("under.source", language), f"{each.words} · {each.licence}") for each in view.sources),
        (text("geodata.licence", language), ", ".join(dict.fromkeys(each.licence for each in view.sources))),
        (text("geodata.publisher", language), str(atlas.workspace["publisher"])),
        (text("geodata.count", language), str(view.count)),
        (text("geodata.crs", language), crs),
    ]
    for column, said in view.entry.get("indicators", {}).items():
        words = text("geodata.indicator_is", language, period=said.get("period") or "–", vintage=said["vintage"])
        told.append((column, words))
    edition = atlas.release.edition
    told.append((text("workbook.edition", language), f"{edition.id}, {format_date(edition.built, language)}"))
    return tuple((label, words) for label, words in told if words)


def write_readme(
    about: Sequence[tuple[str, str]], fields: Sequence[FieldWords], cut: Mapping[str, int], language: str
) -> bytes:
    """The text that goes with a Shapefile: what it is, what each field was called before its name was cut, and in which
    fields texts were (``cut``: how many)."""
    lines = [f"{label} : {words}" if language == "fr" else f"{label}: {words}" for label, words in about]
    lines += ["", text("geodata.fields", language), ""]
    for each in fields:
        was = "" if each.name == each.attribute else text("geodata.was", language, name=each.attribute)
        lines.append(f"{each.name}{was} · {each.title}")
        if each.comment:
            lines.append(f"    {each.comment}")
        if cut.get(each.attribute):
            lines.append(f"    {text('geodata.cut', language, count=cut[each.attribute])}")
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def write_csvw(
    atlas: Atlas, view: LayerView, address: str, places: Sequence[str], crs: str, language: str
) -> bytes:  # fmt: skip
    """The description of a CSV file for programs (CSV on the Web): ``places`` are its columns of coordinates."""
    columns: list[dict[str, Any]] = [
        {"name": each.name, "titles": each.name, "datatype": _CSVW.get(each.type, "string"), "dc:title": each.title}
        | ({"dc:description": each.definition} if each.definition else {})
        | ({"schema:unitText": each.unit} if each.unit else {})
        for each in word_fields(view, language)
    ]
    kind = "number" if len(places) == 2 else "string"
    columns += [{"name": name, "titles": name, "datatype": kind, "dc:title": f"{name} ({crs})"} for name in places]
    said = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": language}],
        "url": address,
        "dc:title": view.title,
        "dc:description": view.description,
        "dc:publisher": atlas.workspace["publisher"],
        "dc:source": [each.words for each in view.sources],
        "dc:license": list(dict.fromkeys(each.licence for each in view.sources)),
        "dialect": {"delimiter": ",", "header": True, "encoding": "utf-8"},
        "tableSchema": {"columns": columns, "primaryKey": "fid"},
    }
    if view.synthetic:
        said["rdfs:comment"] = text("notice.synthetic", language)
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


__all__ = ["FICTITIOUS", "FieldWords", "describe_geodata", "word_fields", "write_csvw", "write_readme"]
