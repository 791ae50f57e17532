"""The same documents as pages, for whoever opens an address of the interface in a browser.

What a layer is has its page already (``/couches/<id>``): these say what a program finds, and lead there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beffroi.language import format_number, text
from beffroi.publish.maps import look_at_layer, say_attribute
from beffroi.publish.ogc.collections import Collection, Document, Shelf
from beffroi.publish.pages import Visit, render

Cell = tuple[str, str]
"""Words, and where they lead, empty where they lead nowhere."""


@dataclass(frozen=True)
class Page:
    """A page: ``facts`` are name, words and address; ``rows`` are cells in the order of ``columns``."""

    title: str
    json: str
    lead: str = ""
    crumbs: Sequence[Cell] = ()
    facts: Sequence[tuple[str, str, str]] = ()
    caption: str = ""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    empty: str = ""
    next: str = ""
    prev: str = ""


def show_landing(shelf: Shelf, visit: Visit) -> str:
    say = _sayer(shelf)
    facts = [
        (say("how"), shelf.at(), shelf.at()),
        (say("collections"), format_number(len(shelf.collections()), 0, shelf.language), shelf.at("/collections")),
        (say("api"), "OpenAPI 3.0", shelf.at("/api", f="html")),
        (say("conformance"), "OGC API Features", shelf.at("/conformance")),
    ]
    return _render(shelf, visit, Page(say("title"), shelf.at(f="json"), say("lead"), facts=facts))


def show_conformance(shelf: Shelf, visit: Visit, document: Document) -> str:
    say = _sayer(shelf)
    return _render(shelf, visit, Page(
        say("conformance"), shelf.at("/conformance", f="json"), say("conformance_lead"), _crumbs(shelf),
        caption=say("conformance"), columns=[say("address")], rows=[[(uri, "")] for uri in document["conformsTo"]],
    ))  # fmt: skip


def show_api(shelf: Shelf, visit: Visit, document: Document) -> str:
    say = _sayer(shelf)
    rows = []
    for path, each in document["paths"].items():
        asked = [one.get("name") or one["$ref"].rpartition("/")[2] for one in each["get"]["parameters"]]
        address = "" if "{" in path else shelf.at(path.rstrip("/"), f="html")
        rows.append([(path, address), (each["get"]["summary"], ""), (", ".join(asked), "")])
    return _render(shelf, visit, Page(
        say("api"), shelf.at("/api", f="json"), say("api_lead"), _crumbs(shelf), caption=say("api"),
        columns=[say("address"), say("name"), say("parameters")], rows=rows,
    ))  # fmt: skip


def show_collections(shelf: Shelf, visit: Visit) -> str:
    say = _sayer(shelf)
    rows = [
        [(one.title, shelf.at(f"/collections/{one.id}", f="html")), (one.id, ""),
         (format_number(one.entry["count"], 0, shelf.language), shelf.at(f"/collections/{one.id}/items", f="html"))]
        for one in shelf.collections()
    ]  # fmt: skip
    return _render(shelf, visit, Page(
        say("collections"), shelf.at("/collections", f="json"), say("lead"), _crumbs(shelf), caption=say("collections"),
        columns=[say("name"), "id", say("items")], rows=rows, empty=say("none"),
    ))  # fmt: skip


def show_collection(shelf: Shelf, visit: Visit, one: Collection, document: Document) -> str:
    say = _sayer(shelf)
    path = f"/collections/{one.id}"
    labels = {"describedby": say("page"), "license": text("under.source", shelf.language)}
    facts = [
        (say("items"), format_number(one.entry["count"], 0, shelf.language), shelf.at(f"{path}/items", f="html")),
        (say("queryables"), ", ".join(one.attributes), shelf.at(f"{path}/queryables", f="html")),
        (say("schema"), "JSON Schema", shelf.at(f"{path}/schema", f="html")),
        (say("tiles"), "WebMercatorQuad", shelf.at(f"{path}/tiles", f="html")),
        (say("extent"), ", ".join(f"{side:.5f}" for side in document["extent"]["spatial"]["bbox"][0]), ""),
        *([("datetime", " / ".join(map(str, document["extent"]["temporal"]["interval"][0])), "")]
          if "temporal" in document["extent"] else []),
        (say("systems"), ", ".join(document["crs"]), ""),
        *((labels[each["rel"]], one.title if each["rel"] == "describedby" else each["title"], each["href"])
          for each in document["links"] if each["rel"] in labels),
    ]  # fmt: skip
    page = Page(one.title, shelf.at(path, f="json"), document["description"], _crumbs(shelf, "collections"), facts)
    return _render(shelf, visit, page)


def show_schema(shelf: Shelf, visit: Visit, one: Collection, document: Document, word: str) -> str:
    """``word``: queryables or schema."""
    say = _sayer(shelf)
    rows = [
        [(name, ""), (each["title"], ""), (each.get("format") or each["type"], ""), (each.get("description", "–"), "")]
        for name, each in document["properties"].items()
    ]
    return _render(shelf, visit, Page(
        say(word), shelf.at(f"/collections/{one.id}/{word}", f="json"), one.title, _crumbs(shelf, "collections", one),
        caption=say(word), rows=rows,
        columns=["id", say("name"), say("type"), text("layer.definition", shelf.language)],
    ))  # fmt: skip


def show_links(shelf: Shelf, visit: Visit, path: str, title: str, document: Document) -> str:
    """A document of tiles: where all that it speaks of is."""
    say = _sayer(shelf)
    parts = (document, *document.get("tilesets", ()), *document.get("tileMatrixSets", ()))
    links = [each for part in parts for each in part.get("links", ())]
    rows = [
        [(each["rel"].rpartition("/")[2], ""), (each.get("title", ""), ""), (each["type"], ""),
         (each["href"], "" if each.get("templated") else each["href"])]
        for each in links
    ]  # fmt: skip
    return _render(shelf, visit, Page(
        say("tiles"), shelf.at(path, f="json"), title, _crumbs(shelf, "collections"), caption=say("links"), rows=rows,
        columns=["rel", say("name"), say("type"), say("address")],
    ))  # fmt: skip


def show_items(
    shelf: Shelf, visit: Visit, one: Collection, rows: Sequence[tuple[str, Sequence[Any]]], counts: tuple[int, int],
    addresses: Mapping[str, str],
) -> str:  # fmt: skip
    """A page of features; ``counts`` are returned and matched, ``addresses`` those of ``json``, ``next``, ``prev``."""
    say, language = _sayer(shelf), shelf.language
    titles = [each.title for each in look_at_layer(shelf.site, one.layer, language).attributes]
    returned, matched = (format_number(count, 0, language) for count in counts)
    cells = [
        [(fid, shelf.item(one, fid, f="html")),
         *((words, "") for words in _say_all(shelf, one, fid, values))]
        for fid, values in rows
    ]  # fmt: skip
    return _render(shelf, visit, Page(
        one.title, addresses["json"], text("ogc.items_count", language, returned=returned, matched=matched),
        _crumbs(shelf, "collections", one), caption=say("items"), columns=["fid", *titles],
        rows=cells, empty="–", next=addresses.get("next", ""),
        prev=addresses.get("prev", ""),
    ))  # fmt: skip


def show_item(shelf: Shelf, visit: Visit, one: Collection, fid: str, values: Sequence[Any], json: str) -> str:
    language = shelf.language
    attributes = look_at_layer(shelf.site, one.layer, language).attributes
    said = zip(attributes, _say_all(shelf, one, fid, values), strict=True)
    facts = [(each.title, words, "") for each, words in said]
    title = text("ogc.feature", language, fid=fid)
    return _render(shelf, visit, Page(title, json, one.title, _crumbs(shelf, "collections", one), facts))


def _say_all(shelf: Shelf, one: Collection, fid: str, values: Sequence[Any]) -> list[str]:
    """The attributes of a feature in words, in order."""
    view = look_at_layer(shelf.site, one.layer, shelf.language)
    pairs = zip(view.attributes, values, strict=True)
    return [say_attribute(shelf.site, view, each, value, fid, shelf.language) for each, value in pairs]


def _sayer(shelf: Shelf) -> Any:
    return lambda word: text(f"ogc.{word}", shelf.language)


def _crumbs(shelf: Shelf, word: str = "", one: Collection | None = None) -> list[Cell]:
    found = [(text("ogc.title", shelf.language), shelf.at(f="html"))]
    if word:
        found.append((text(f"ogc.{word}", shelf.language), shelf.at(f"/{word}", f="html")))
    if one:
        found.append((one.title, shelf.at(f"/collections/{one.id}", f="html")))
    return found


def _render(shelf: Shelf, visit: Visit, page: Page) -> str:
    return render(shelf.site, visit, "ogc.html", page=page, indexed=False)


__all__ = [
    "show_api", "show_collection", "show_collections", "show_conformance", "show_item", "show_items", "show_landing",
    "show_links", "show_schema",
]  # fmt: skip
