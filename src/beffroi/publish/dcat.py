"""The catalogue of the public edition for other catalogues: DCAT-AP 3, in Turtle, RDF/XML or JSON-LD.

A dataset is what one declares and takes away as files: an indicator with its categories, or a layer. Sources and tables
are cited, never offered: no file of them is published here. What a partner alone may see is never in it, whoever asks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beffroi.language import text
from beffroi.observe.citations import list_cited
from beffroi.observe.frames import licence_words
from beffroi.observe.layers import IMAGE
from beffroi.observe.maps import box_of
from beffroi.publish.dcat_terms import (
    DCAT_FORMS,
    FILE_TYPES,
    FREQUENCIES,
    LANGUAGE_CODES,
    LICENCES,
    MEDIA_TYPES,
    PROFILES,
    choose_licence,
    layer_stays,
    span_all,
)
from beffroi.publish.geodata import GEODATA_CRS, GEODATA_NAMES
from beffroi.publish.rdf_texts import (
    DCAT,
    DCT,
    FOAF,
    GEOSPARQL,
    HYDRA,
    RDF,
    RDFS,
    SKOS,
    VCARD,
    WRITERS,
    XSD,
    Iri,
    Literal,
    Space,
    Statements,
    Value,
)
from beffroi.publish.sites import Site

PAGE = 100
"""Datasets of a page."""

_EU = Space("http://publications.europa.eu/resource/authority/")
_IANA = Space("https://www.iana.org/assignments/media-types/")


@dataclass(frozen=True)
class _Dataset:
    """What is offered as one dataset: an indicator or a layer, with its entry, its page (``shown``: whether there is
    one) and the entries of its parts."""

    kind: str
    id: str
    entry: Mapping[str, Any]
    page: str
    shown: bool = True
    parts: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def node(self) -> Iri:
        return Iri(f"{self.page}#donnees")


def count_pages(site: Site) -> int:
    """How many pages the catalogue has; one at least."""
    return max(1, -(-len(_list_datasets(site)) // PAGE))


def write_dcat(site: Site, form: str, page: int | None = None, *, served: bool = True) -> bytes:
    """The catalogue, or one page of it (from 1); the same bytes for the same edition. ``served``: whether a server
    answers at these addresses, or files alone."""
    return WRITERS[form](_describe(site, form, page, served))


def _describe(site: Site, form: str, page: int | None, served: bool) -> Statements:
    graph = Statements()
    writer = _Writer(site, graph, served)
    datasets = _list_datasets(site)
    shown = datasets if page is None else datasets[(page - 1) * PAGE : page * PAGE]
    writer.add_catalogue(shown)
    for each in shown:
        writer.add_dataset(each)
    if page is not None:
        writer.add_paging(form, page, count_pages(site), len(datasets))
    return graph


def _list_datasets(site: Site) -> tuple[_Dataset, ...]:
    """Indicators then layers, in the order of their names. Categories go with the indicator that they are parts of."""
    catalogue, to = site.atlas.catalogue, site.addresses("fr")
    indicators = {
        name: entry
        for name, entry in sorted(catalogue["indicators"].items())
        if entry.get("audience", "public") == "public" and entry["state"] in ("released", "kept") and entry["levels"]
    }
    parents = {
        f"{name}/{category}": said["of"]
        for name, said in catalogue.get("breakdowns", {}).items()
        for category in said["categories"]
    }
    parts: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for name, entry in indicators.items():
        if parents.get(name) in indicators:
            parts.setdefault(parents[name], []).append((name, entry))
    found = [
        _Dataset("indicator", name, entry, *_page_of(site, to.about("indicator", name)), tuple(parts.get(name, ())))
        for name, entry in indicators.items()
        if parents.get(name) not in indicators
    ]
    for name, entry in sorted(catalogue.get("layers", {}).items()):
        if entry["object"] is not None and entry.get("audience", "public") == "public":
            found.append(_Dataset("layer", name, entry, *_page_of(site, to.layer(name))))
    return tuple(found)


def _page_of(site: Site, address: str) -> tuple[str, bool]:
    """The address of a page, and whether there is one: an export may not have it, and then it is a name only."""
    there = site.addresses("fr").whole(address)
    return (there, True) if there.startswith("http") else (site.base_url.rstrip("/") + address, False)


class _Writer:
    """Puts the catalogue of a site in a graph. Every node has an address, so that the same graph is always the same
    text."""

    def __init__(self, site: Site, graph: Statements, served: bool) -> None:
        self._site, self._graph, self._served = site, graph, served
        self._to = site.addresses("fr")
        self._root = f"{site.base_url.rstrip('/')}/dcat"
        self._publisher = self._node("editeur")
        self._ogc, self._api = self._node("ogc"), self._node("api")

    def _node(self, name: str) -> Iri:
        return Iri(f"{self._root}#{name}")

    def _add(self, node: Iri, predicate: Iri, value: Value) -> None:
        self._graph.add(node, predicate, value)

    def _kind(self, node: Iri, kind: Iri) -> Iri:
        self._add(node, RDF["type"], kind)
        return node

    def _say(self, node: Iri, predicate: Iri, words: Mapping[str, str] | str) -> None:
        """Words in each language that has them."""
        for language, said in ({"fr": words} if isinstance(words, str) else words).items():
            if said:
                self._add(node, predicate, Literal(said, language=language))

    def _concept(self, family: str, code: str, kind: Iri | None = None) -> Iri:
        """A concept of a vocabulary of the Publications Office, of which it is said that it is one."""
        node = _EU[f"{family}/{code}"]
        self._kind(node, SKOS["Concept"])
        self._add(node, SKOS["inScheme"], self._scheme(family))
        self._say(node, SKOS["prefLabel"], {"en": code})
        if kind is not None:
            self._kind(node, kind)
        return node

    def _scheme(self, family: str) -> Iri:
        scheme = self._kind(_EU[family], SKOS["ConceptScheme"])
        self._say(scheme, DCT["title"], {"en": family})
        return scheme

    def _page(self, address: str) -> Iri:
        return self._kind(Iri(address), FOAF["Document"])

    def add_catalogue(self, datasets: Sequence[_Dataset]) -> None:
        workspace, release = self._site.atlas.workspace, self._site.atlas.release
        catalogue = self._kind(self._node("catalogue"), DCAT["Catalog"])
        self._say(catalogue, DCT["title"], workspace["title"])
        self._say(catalogue, DCT["description"], self._mention(workspace.get("sentence") or workspace["title"],
                                                                bool(workspace.get("synthetic"))))  # fmt: skip
        publisher = self._kind(self._publisher, FOAF["Agent"])
        self._say(publisher, FOAF["name"], workspace["publisher"])
        self._add(catalogue, DCT["publisher"], publisher)
        self._add(catalogue, FOAF["homepage"], self._page(self._to.whole(self._to.path("/"))))
        self._add(catalogue, DCT["modified"], Literal(release.edition.built, datatype=XSD["dateTime"]))
        for language in workspace["languages"]:
            code = self._concept("language", LANGUAGE_CODES[language], DCT["LinguisticSystem"])
            self._add(catalogue, DCT["language"], code)
        self._add(catalogue, DCAT["themeTaxonomy"], self._scheme("data-theme"))
        if (box := self._perimeter()) is not None:
            self._add(catalogue, DCT["spatial"], self._location(self._node("perimetre"), box))
        for each in datasets:
            self._add(catalogue, DCAT["dataset"], each.node)
        if self._served:
            self._add_services(catalogue, datasets)

    def _add_services(self, catalogue: Iri, datasets: Sequence[_Dataset]) -> None:
        layers = [each for each in datasets if each.kind == "layer" and each.entry["kind"] != IMAGE]
        # A page for people, where one reads how to ask: that of the standard gives JSON to those who do not say.
        pages = {self._api: "/api", self._ogc: "/ogc?f=html"}
        served = [(self._api, "dcat.api", "/api", "/api/openapi.json", [e for e in datasets if e.kind == "indicator"])]
        if layers:
            served.append((self._ogc, "dcat.ogc", "/ogc", "/ogc/api", layers))
        for node, words, start, described, of in served:
            self._kind(node, DCAT["DataService"])
            self._add(catalogue, DCAT["service"], node)
            self._say(node, DCT["title"], {each: text(words, each) for each in self._languages})
            self._add(node, DCT["identifier"], Literal(str(node)))
            self._add(node, DCT["publisher"], self._publisher)
            endpoint, description = Iri(self._to.whole(start)), Iri(self._to.whole(described))
            self._add(node, DCAT["endpointURL"], self._kind(endpoint, RDFS["Resource"]))
            self._add(node, DCAT["endpointDescription"], self._kind(description, RDFS["Resource"]))
            self._add(node, DCT["accessRights"], self._concept("access-right", "PUBLIC", DCT["RightsStatement"]))
            self._add(node, FOAF["page"], self._page(self._to.whole(pages[node])))
            self._add_contact(node)
            for each in of:
                self._add(node, DCAT["servesDataset"], each.node)
        if layers:
            standard = Iri("http://www.opengis.net/spec/ogcapi-features-1/1.0")
            self._add(self._ogc, DCT["conformsTo"], self._kind(standard, DCT["Standard"]))

    @property
    def _languages(self) -> Sequence[str]:
        languages: Sequence[str] = self._site.atlas.workspace["languages"]
        return languages

    def _mention(self, words: Mapping[str, str], synthetic: bool) -> dict[str, str]:
        """A description, which begins with the mention of made-up data where they are."""
        if not synthetic:
            return dict(words)
        return {language: f"{text('notice.synthetic', language)} {said}" for language, said in words.items()}

    def _perimeter(self) -> Sequence[float] | None:
        atlas = self._site.atlas
        return box_of(atlas, atlas.perimeter("fr", atlas.release.reference_vintage).key)

    def _location(self, node: Iri, box: Sequence[float]) -> Iri:
        west, south, east, north = (f"{side:.5f}" for side in box)
        corners = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
        self._kind(node, DCT["Location"])
        self._add(node, DCAT["bbox"], Literal(f"POLYGON(({corners}))", datatype=GEOSPARQL["wktLiteral"]))
        return node

    def add_dataset(self, each: _Dataset) -> None:
        node, entry, catalogue = each.node, each.entry, self._site.atlas.catalogue
        synthetic = bool(entry.get("synthetic"))
        self._kind(node, DCAT["Dataset"])
        self._say(node, DCT["title"], entry["title"])
        words = entry["description"] if each.kind == "layer" else entry["definition"]
        self._say(node, DCT["description"], self._mention(words, synthetic))
        self._add(node, DCT["identifier"], Literal(str(node)))
        self._add(node, DCT["publisher"], self._publisher)
        if each.shown:
            self._add(node, DCAT["landingPage"], self._page(each.page))
        self._add(node, DCT["accessRights"], self._concept("access-right", "PUBLIC", DCT["RightsStatement"]))
        self._add_contact(node)
        theme = catalogue["themes"].get(entry["theme"], {})
        if code := theme.get("data_theme"):
            self._add(node, DCAT["theme"], self._concept("data-theme", code))
        for word in dict.fromkeys(
            [*entry.get("keywords", ()), *([text("dcat.fictitious", "fr")] if synthetic else ())]
        ):
            self._say(node, DCAT["keyword"], word)
        self._say(node, DCAT["keyword"], theme.get("title") or {})
        box = entry.get("bbox") if each.kind == "layer" else self._perimeter()
        if box:
            self._add(node, DCT["spatial"], self._location(Iri(f"{node}-lieu"), box))
        self._add_time(node, each)
        self._add_origin(node, entry)
        for name, title, address, extension, crs in self._list_files(each):
            self._add_file(each, name, title, address, extension, crs)

    def _add_contact(self, node: Iri) -> None:
        """Whom to write to, where the workspace says it."""
        workspace = self._site.atlas.workspace
        contact = (workspace.get("identity") or {}).get("contact")
        if not contact:
            return
        card = self._kind(self._node("contact"), VCARD["Kind"])
        self._kind(card, VCARD["Organization"])
        self._add(card, VCARD["fn"], Literal(workspace["publisher"]))
        if contact.startswith(("http://", "https://")):
            self._add(card, VCARD["hasURL"], Iri(contact))
        else:
            self._add(card, VCARD["hasEmail"], Iri(f"mailto:{contact}"))
        self._add(node, DCAT["contactPoint"], card)

    def _add_time(self, node: Iri, each: _Dataset) -> None:
        """The years that values stand for, windows included, and how often they change where all sources say the
        same."""
        entry, catalogue = each.entry, self._site.atlas.catalogue
        stays = [(period, entry.get("window")) for period in entry.get("periods") or ()]
        if span := span_all(layer_stays(entry) if each.kind == "layer" else stays):
            time = self._kind(Iri(f"{node}-periode"), DCT["PeriodOfTime"])
            self._add(time, DCAT["startDate"], Literal(span[0], datatype=XSD["date"]))
            self._add(time, DCAT["endDate"], Literal(span[1], datatype=XSD["date"]))
            self._add(node, DCT["temporal"], time)
        sources = [source for _, source, is_open in list_cited(catalogue, entry) if is_open]
        often = {source.get("frequency") for source in sources}
        if len(often) == 1 and (code := FREQUENCIES.get(str(often.pop()))):
            self._add(node, DCT["accrualPeriodicity"], self._concept("frequency", code, DCT["Frequency"]))
        fetched = [s["fetched"] for source in sources for s in source.get("snapshots", ()) if s.get("fetched")]
        if fetched:
            self._add(node, DCT["modified"], Literal(max(fetched), datatype=XSD["dateTime"]))

    def _add_origin(self, node: Iri, entry: Mapping[str, Any]) -> None:
        """Whom it comes from, in words, with the pages of the sources."""
        catalogue = self._site.atlas.catalogue
        told: dict[str, list[str]] = {}
        for name, source, is_open in list_cited(catalogue, entry):
            for language, title in source["title"].items():
                told.setdefault(language, []).append(
                    f"{source['producer']}, {title} ({licence_words(source['licence'], language)})"
                )
            if is_open:
                self._add(node, FOAF["page"], self._page(self._to.whole(self._to.about("source", name))))
        if told:
            origin = self._kind(Iri(f"{node}-origine"), DCT["ProvenanceStatement"])
            self._say(origin, RDFS["label"], {language: " ; ".join(words) for language, words in told.items()})
            self._add(node, DCT["provenance"], origin)

    def _list_files(self, each: _Dataset) -> Iterator[tuple[str, Mapping[str, str], str, str, str]]:
        """Files of a dataset: a name, a title, an address, a form and a system of coordinates."""
        if each.kind == "indicator":
            for name, entry in ((each.id, each.entry), *each.parts):
                forms = ("csv", "xlsx", "parquet") if name == each.id else ("csv",)
                for extension in forms:
                    yield f"{name}.{extension}", entry["title"], self._to.series(name, extension), extension, ""
            return
        image = each.entry["kind"] == IMAGE
        if image and each.entry.get("download") != "refused":
            crs = each.entry["crs"]
            told = f"GeoTIFF, COG{f', {crs}' if crs else ''}"
            title = {k: f"{words} ({told})" for k, words in each.entry["title"].items()}
            yield "tif", title, self._to.layer(each.id, "tif"), "tif", crs
        elif each.entry.get("download") != "refused":
            for crs in GEODATA_CRS:
                query = "" if crs == GEODATA_CRS[0] else f"?crs={crs.rpartition(':')[2]}"
                for extension, called in GEODATA_NAMES.items():
                    title = {k: f"{words} ({called}, {crs})" for k, words in each.entry["title"].items()}
                    yield f"{extension}{query}", title, self._to.layer(each.id, extension) + query, extension, crs
        if each.entry.get("tiles"):
            title = {k: f"{words} (PMTiles)" for k, words in each.entry["title"].items()}
            yield "pmtiles", title, f"/tuiles/{each.id}.pmtiles", "pmtiles", ""
        if self._served and not image:
            title = {k: f"{words} (OGC API Features)" for k, words in each.entry["title"].items()}
            yield "ogc", title, f"/ogc/collections/{each.id.replace('/', '.')}", "", ""

    def _add_file(
        self, each: _Dataset, name: str, title: Mapping[str, str], address: str, extension: str, crs: str
    ) -> None:  # fmt: skip
        there = self._to.whole(address)
        if not there.startswith("http"):
            return  # No file of the export answers there.
        node = self._kind(Iri(f"{each.page}#{name.replace('/', '-').replace('?', '-')}"), DCAT["Distribution"])
        self._add(each.node, DCAT["distribution"], node)
        self._say(node, DCT["title"], title)
        self._add(node, DCAT["accessURL"], self._kind(Iri(there), RDFS["Resource"]))
        if extension:
            self._add(node, DCAT["downloadURL"], Iri(there))
        else:
            self._add(node, DCAT["accessService"], self._ogc)
        if kind := MEDIA_TYPES.get(extension):
            self._add(node, DCAT["mediaType"], self._kind(_IANA[kind], DCT["MediaType"]))
        if code := FILE_TYPES.get(extension):
            self._add(node, DCT["format"], self._concept("file-type", code, DCT["MediaTypeOrExtent"]))
        standards = [f"http://www.opengis.net/def/crs/EPSG/0/{crs.rpartition(':')[2]}"] if crs else []
        for standard in [*standards, *([PROFILES[extension]] if extension in PROFILES else [])]:
            self._add(node, DCT["conformsTo"], self._kind(Iri(standard), DCT["Standard"]))
        self._add_licence(node, each.entry)

    def _add_licence(self, node: Iri, entry: Mapping[str, Any]) -> None:
        cited = list_cited(self._site.atlas.catalogue, entry)
        names = [str(source["licence"]) for _, source, _ in cited]
        if licence := choose_licence(names):
            document = self._kind(Iri(LICENCES[licence]), DCT["LicenseDocument"])
            self._say(document, RDFS["label"], licence_words(licence, "fr"))
            self._add(node, DCT["license"], document)
        elif names:
            rights = self._kind(self._node("-".join(["conditions", *sorted(set(names))])), DCT["RightsStatement"])
            for language in self._languages:
                words = ", ".join(licence_words(name, language) for name in sorted(set(names)))
                self._say(rights, RDFS["label"], {language: words})
            self._add(node, DCT["rights"], rights)

    def add_paging(self, form: str, page: int, pages: int, total: int) -> None:
        """Where the other pages are (Hydra), for harvesters that follow them."""

        def there(number: int) -> Iri:
            return Iri(f"{self._root}.{form}?page={number}")

        view = self._kind(there(page), HYDRA["PartialCollectionView"])
        self._add(
            self._kind(self._node("catalogue"), HYDRA["Collection"]),
            HYDRA["totalItems"],
            Literal(str(total), datatype=XSD["integer"]),
        )
        self._add(self._node("catalogue"), HYDRA["view"], view)
        steps = {"first": 1, "previous": page - 1, "next": page + 1, "last": pages}
        for step, number in steps.items():
            if (1 <= number <= pages and number != page) or step in ("first", "last"):
                self._add(view, HYDRA[step], there(number))


def negotiate(accept: str) -> str:
    """The form that a reader prefers among those there are, by its header ``Accept``; JSON-LD when it does not say."""
    asked: list[tuple[float, int, str]] = []
    for rank, part in enumerate(accept.split(",")):
        kind, *options = (piece.strip() for piece in part.split(";"))
        weight = next((option[2:] for option in options if option.startswith("q=")), "1")
        for form in _forms(kind):
            asked.append((-_number(weight), rank, form))
    return min(asked)[2] if asked else "jsonld"


def _forms(kind: str) -> Iterable[str]:
    return (form for form, media in DCAT_FORMS.items() if kind in (media, *_ALSO.get(form, ())))


_ALSO: Mapping[str, tuple[str, ...]] = {"jsonld": ("application/json",), "rdf": ("application/xml", "text/xml")}


def _number(words: str) -> float:
    try:
        return float(words)
    except ValueError:
        return 0.0


__all__ = ["DCAT_FORMS", "PAGE", "count_pages", "negotiate", "write_dcat"]
