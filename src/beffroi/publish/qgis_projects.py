"""A map as a QGIS project: its layers with their styles, labels and names of attributes, where it opens, what it says.

Layers are read from the server (OGC API Features), or from the GeoPackages that an export holds. Nothing of QGIS is
needed to write it, and no feature is inside.
"""

import io
import posixpath
import zipfile
from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from pyproj import CRS

from beffroi.language import pick, text
from beffroi.observe.layers import LayerView
from beffroi.observe.maps import LayerShown, MapView
from beffroi.publish.geodata import FICTITIOUS, name_table, word_fields
from beffroi.publish.map_pictures import LEGAL, project_box, spread
from beffroi.publish.maps import look_at_map
from beffroi.publish.qgis_images import point_at_tiles, write_image_pipe
from beffroi.publish.qgis_symbols import scale_at, write_labels, write_renderer
from beffroi.publish.sites import Site
from beffroi.publish.tokens import palette

QGIS_TYPE = "application/x-qgis-project"
_VERSION = "3.22.0"
"""The oldest QGIS that has all that is written here; newer ones read it too."""
_WHERE = "EPSG:4326"
_NUMBERS = {LEGAL: 145, _WHERE: 3452}
_SHAPES = {"polygon": "Polygon", "line": "Line", "point": "Point"}

Source = tuple[str, str]
"""A provider of QGIS and where it reads."""


def write_project(site: Site, name: str, language: str, *, served: bool = True) -> bytes:
    """The project of a map (``.qgz``); the same bytes for the same edition. ``served``: from the server of the site,
    or from the files of an export, those of its address or, without one, those that stand beside it."""
    view = look_at_map(site, name, language)
    source = _from_server(site) if served else _from_files(site, name)
    root = _describe(site, view, language, source)
    indent(root, " ")
    body = b"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + tostring(root, encoding="utf-8")
    out = io.BytesIO()
    built = datetime.fromisoformat(site.atlas.release.edition.built)
    entry = zipfile.ZipInfo(f"{PurePosixPath(name).name}.qgs", built.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, body)
    return out.getvalue()


def name_project(site: Site, name: str) -> str:
    """The name of the file of a project: map, and « donnees-fictives » where they are."""
    parts = [name.replace("/", "-")]
    if any(
        site.atlas.catalogue["layers"][each["layer"]]["synthetic"] for each in site.atlas.release.map(name)["layers"]
    ):
        parts.append(FICTITIOUS)
    return f"{'_'.join(parts)}.qgz"


def _from_server(site: Site) -> Callable[[LayerView], Source]:
    address = site.addresses("fr").whole("/ogc")

    def find(view: LayerView) -> Source:
        if view.raster is not None and view.entry.get("download") == "refused":
            return point_at_tiles(site.addresses("fr").whole(f"/tuiles/{view.id}"), view)
        if view.raster is not None:
            return "gdal", f"/vsicurl/{site.addresses('fr').whole(f'/couches/{view.id}.tif')}"
        asked = {
            "pagingEnabled": "true", "restrictToRequestBBOX": "1", "srsname": "OGC:CRS84",
            "typename": view.id.replace("/", "."), "url": address, "version": "OGC_API_FEATURES",
        }  # fmt: skip
        return "OAPIF", " ".join(f"{key}='{value}'" for key, value in asked.items())

    return find


def _from_files(site: Site, name: str) -> Callable[[LayerView], Source]:
    base = site.base_url.rstrip("/")

    def find(view: LayerView) -> Source:
        file = f"couches/{view.id}.{'tif' if view.raster else 'gpkg'}"
        here = posixpath.dirname(f"cartes/{name}")
        where = f"/vsicurl/{base}/{file}" if base else posixpath.relpath(file, here)
        if view.raster is not None:
            return "gdal", where if base else f"./{where}"
        return "ogr", f"{where}|layername={name_table(view.id)}"

    return find


def _describe(site: Site, view: MapView, language: str, source: Callable[[LayerView], Source]) -> Element:
    edition = site.atlas.release.edition
    root = Element("qgis", {"version": _VERSION, "projectname": view.title, "saveDateTime": edition.built[:19]})
    _tell(root, "title", view.title)
    _write_crs(SubElement(root, "projectCrs"), LEGAL)
    tree = SubElement(root, "layer-tree-group")
    for group, layers in _group(site, view, language):
        branch = SubElement(tree, "layer-tree-group", {"name": group, "expanded": "1", "checked": "Qt::Checked"})
        for shown in layers:
            provider, where = source(shown.layer)
            SubElement(
                branch, "layer-tree-layer",
                {"id": _identify(shown.layer), "name": shown.layer.title, "providerKey": provider, "source": where,
                 "expanded": "1", "checked": "Qt::Checked" if shown.shown else "Qt::Unchecked"},
            )  # fmt: skip
    _write_canvas(root, view)
    described = SubElement(root, "projectMetadata")
    _tell(described, "identifier", site.addresses(language).whole(site.addresses(language).map(view.id)))
    _tell(described, "type", "project")
    _tell(described, "title", view.title)
    _tell(described, "abstract", _abstract(site, view, language))
    written = SubElement(root, "projectlayers")
    colours = palette(site.accent)
    for shown in view.layers:
        _write_layer(written, site, shown, colours, language, source(shown.layer))
    order = SubElement(root, "layerorder")
    for shown in view.layers:
        SubElement(order, "layer", {"id": _identify(shown.layer)})
    properties = SubElement(root, "properties")
    paths = SubElement(properties, "Paths")
    _tell(paths, "Absolute", "false").set("type", "bool")
    # Without this, QGIS does not read the system of the project.
    _tell(SubElement(properties, "SpatialRefSys"), "ProjectionsEnabled", "1").set("type", "int")
    return root


def _group(site: Site, view: MapView, language: str) -> list[tuple[str, list[LayerShown]]]:
    """Layers that follow one another under the same theme, in the order of the map."""
    themes = site.atlas.catalogue["themes"]

    def name(shown: LayerShown) -> str:
        theme = shown.layer.entry["theme"]
        return pick(themes[theme]["title"], language) if theme in themes else str(theme)

    return [(theme, list(layers)) for theme, layers in groupby(view.layers, name)]


def _write_canvas(root: Element, view: MapView) -> None:
    """Where the map opens."""
    canvas = SubElement(root, "mapcanvas", {"name": "theMapCanvas", "annotationsVisible": "1"})
    _tell(canvas, "units", "meters")
    sides = project_box(spread(view.opens))
    extent = SubElement(canvas, "extent")
    for side, value in zip(("xmin", "ymin", "xmax", "ymax"), sides, strict=True):
        _tell(extent, side, f"{value:.2f}")
    _tell(canvas, "rotation", "0")
    _write_crs(SubElement(canvas, "destinationsrs"), LEGAL)
    settings = SubElement(root, "ProjectViewSettings", {"UseProjectScales": "0"})
    default = SubElement(
        settings, "DefaultViewExtent",
        dict(zip(("xmin", "ymin", "xmax", "ymax"), (f"{value:.2f}" for value in sides), strict=True)),
    )  # fmt: skip
    _write_crs(default, LEGAL)


def _write_layer(
    into: Element, site: Site, shown: LayerShown, colours: dict[str, str], language: str, source: Source
) -> None:
    view, (provider, where) = shown.layer, source
    zoom = view.entry["zoom"]["min"]
    labelled = "1" if view.entry.get("labels") else "0"
    kind = {"type": "raster"} if view.raster else {"type": "vector", "geometry": _SHAPES[view.shape]}
    layer = SubElement(
        into, "maplayer",
        {**kind, **({} if view.raster else {"labelsEnabled": labelled}), "styleCategories": "AllStyleCategories",
         "hasScaleBasedVisibilityFlag": "1" if zoom > 0 else "0",
         "minScale": f"{scale_at(zoom):.0f}", "maxScale": "0", "readOnly": "1"},
    )  # fmt: skip
    _tell(layer, "id", _identify(view))
    _tell(layer, "datasource", where)
    _tell(layer, "layername", view.title)
    _tell(layer, "title", view.title)
    _tell(layer, "abstract", _say_layer(view, language))
    _tell(layer, "attribution", " ; ".join(each.words for each in view.sources))
    _write_crs(SubElement(layer, "srs"), _system_of(view, provider))
    provided = _tell(layer, "provider", provider)
    if view.raster is None:
        provided.set("encoding", "UTF-8")
    described = SubElement(layer, "resourceMetadata")
    _tell(described, "identifier", site.addresses(language).whole(site.addresses(language).layer(view.id)))
    _tell(described, "type", "dataset")
    _tell(described, "title", view.title)
    _tell(described, "abstract", _say_layer(view, language))
    for licence in dict.fromkeys(each.licence for each in view.sources):
        _tell(described, "license", licence)
    if view.raster is not None:
        write_image_pipe(layer, view, shown.opacity, provider)
        return
    write_renderer(layer, view, colours, shown.opacity)
    write_labels(layer, view, colours)
    aliases = SubElement(layer, "aliases")
    for index, field in enumerate(word_fields(view, language)):
        title = f"{field.title} ({field.unit})" if field.unit else field.title
        SubElement(aliases, "alias", {"field": field.name, "name": title, "index": str(index)})
    if view.name:
        _tell(layer, "previewExpression", f'"{view.name}"')


def _system_of(view: LayerView, provider: str) -> str:
    """The system of what a layer is read from."""
    if view.raster is None:
        return _WHERE
    return "EPSG:3857" if provider == "wms" else str(view.entry["crs"] or _WHERE)


def _identify(view: LayerView) -> str:
    return f"{name_table(view.id)}_beffroi"


def _say_layer(view: LayerView, language: str) -> str:
    mention = (text("notice.synthetic", language),) if view.synthetic else ()
    sources = (f"{text('under.source', language)} : {each.words} · {each.licence}" for each in view.sources)
    return "\n".join([*mention, view.description, *view.notices, *sources])


def _abstract(site: Site, view: MapView, language: str) -> str:
    """What the map says of itself, and whom its layers come from."""
    mention = [text("notice.synthetic", language)] if view.synthetic else []
    cited = dict.fromkeys(f"{each.words} · {each.licence}" for shown in view.layers for each in shown.layer.sources)
    edition = site.atlas.release.edition
    made = f"{site.atlas.workspace['publisher']}, {text('workbook.edition', language).lower()} {edition.id}"
    sources = (f"{text('under.source', language)} : {words}" for words in cited)
    lines = [*mention, view.summary, *sources, made]
    return "\n".join(line for line in lines if line)


def _write_crs(into: Element, name: str) -> None:
    system = SubElement(into, "spatialrefsys")
    _tell(system, "wkt", CRS.from_user_input(name).to_wkt())
    # The number of the system in QGIS's own list: it reads the name that comes after only where there is one.
    _tell(system, "srsid", str(_NUMBERS.get(name, 1)))
    _tell(system, "srid", name.rpartition(":")[2])
    _tell(system, "authid", name)


def _tell(into: Element, tag: str, words: str) -> Element:
    """An element that holds words; letters that XML does not allow have no place in them."""
    made = SubElement(into, tag)
    made.text = "".join(letter for letter in words if letter >= " " or letter in "\t\n")
    return made


__all__ = ["QGIS_TYPE", "name_project", "write_project"]
