"""What search engines read of a page of data: a schema.org ``Dataset``, as JSON-LD. It is data, and never runs."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from beffroi.language import pick
from beffroi.observe.citations import list_cited
from beffroi.observe.frames import SourceName
from beffroi.observe.layers import LayerView
from beffroi.observe.values import Measure
from beffroi.publish.dcat_terms import LICENCES, MEDIA_TYPES, choose_licence, layer_stays, span_all
from beffroi.publish.geodata import FICTITIOUS, GEODATA_EXPORTED
from beffroi.publish.sites import Site


def describe_layer_dataset(site: Site, view: LayerView, language: str) -> Markup:
    """A layer, for the head of its page; nothing for one that is not public."""
    if view.entry.get("audience", "public") != "public":
        return Markup("")
    to = site.addresses(language)
    files = []
    if view.entry.get("download") != "refused":
        forms = ("tif",) if view.raster else GEODATA_EXPORTED
        files = [(each, to.whole(to.layer(view.id, each))) for each in forms]
    west, south, east, north = view.entry["bbox"]
    stays = layer_stays(view.entry)
    box = {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
    return _write(
        site, language, to.whole(to.layer(view.id)), view.title, view.description, view.entry, view.sources, files,
        stays, {"@type": "Place", "geo": box},
    )  # fmt: skip


def describe_indicator_dataset(
    site: Site, measure: Measure, sources: Sequence[SourceName], language: str
) -> Markup:  # fmt: skip
    """An indicator, for the head of its page; nothing for one that is not released, or not public."""
    if not measure.released or measure.entry.get("audience", "public") != "public":
        return Markup("")
    to, entry = site.addresses(language), measure.entry
    files = [(each, to.whole(to.data(measure, each))) for each in ("csv", "xlsx", "parquet")]
    stays = [(period, entry.get("window")) for period in entry.get("periods") or ()]
    place = {"@type": "Place", "name": site.atlas.perimeter(language).name}
    return _write(site, language, to.whole(to.about("indicator", measure.id)), measure.title(language),
                  measure.definition(language), entry, sources, files, stays, place)  # fmt: skip


def _write(
    site: Site, language: str, address: str, title: str, description: str, entry: Mapping[str, Any],
    sources: Sequence[SourceName], files: Sequence[tuple[str, str]], stays: Sequence[tuple[Any, Any]],
    place: Mapping[str, Any],
) -> Markup:  # fmt: skip
    workspace, catalogue = site.atlas.workspace, site.atlas.catalogue
    span = span_all(stays)
    licence = choose_licence(str(source["licence"]) for _, source, _ in list_cited(catalogue, entry))
    words = list(entry.get("keywords", ()))
    said: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": title,
        "description": description,
        "inLanguage": language,
        "url": address,
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": workspace["publisher"]},
        "includedInDataCatalog": {"@type": "DataCatalog", "name": pick(workspace["title"], language)},
        "spatialCoverage": place,
        "isBasedOn": [each.words for each in sources],
        "version": site.edition,
        "dateModified": site.atlas.release.edition.built[:10],
    }
    if licence:
        said["license"] = LICENCES[licence]
    if span:
        said["temporalCoverage"] = "/".join(span)
    if entry.get("synthetic"):
        words.append(FICTITIOUS)
    if words:
        said["keywords"] = words
    said["distribution"] = [
        {"@type": "DataDownload", "encodingFormat": MEDIA_TYPES[form], "contentUrl": there}
        for form, there in files
        if there.startswith("http")
    ]
    # A script that is data ends at the first "</": no text of the workspace may hold one.
    body = json.dumps(said, ensure_ascii=False).replace("<", "\\u003c")
    return Markup(f'<script type="application/ld+json">{body}</script>')


__all__ = ["describe_indicator_dataset", "describe_layer_dataset"]
