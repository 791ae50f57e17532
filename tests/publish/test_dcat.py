"""The catalogue for other catalogues: valid DCAT-AP, the same in its three forms, public only, page after page."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from pyshacl import validate
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, SKOS

from beffroi.access import PUBLIC, Reader, partner
from beffroi.observe import Atlas
from beffroi.publish import Assets, Site, dcat
from beffroi.publish.dcat import DCAT_FORMS, negotiate, write_dcat
from beffroi.publish.dcat_terms import LICENCES, choose_licence, span_of
from beffroi.publish.exports import Press
from beffroi.publish.pages import Export
from beffroi.publish.rdf_texts import DCT, Iri, Statements, write_json_ld, write_rdf_xml, write_turtle
from beffroi.publish.rdf_texts import Literal as Words
from beffroi.run import build
from tests.run.conftest import Trial
from tests.run.layered import add_layers

BASE = "https://observatoire.exemple"
SHAPES = Path(__file__).parents[3] / "shared" / "standards" / "dcat-ap"
SHACL = Namespace("http://www.w3.org/ns/shacl#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
ASSETS = Assets("main.js", "main.css", "face.woff2", {}, "test", Path("fonts"))


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    trial = add_layers(Trial(tmp_path_factory.mktemp("catalogue") / "trial"))
    trial.replace("vocabulary/themes.yaml", "{title: Logement}", "{title: Logement, data_theme: SOCI}")
    trial.replace("workspace.yaml", "synthetic: true", "identity: {contact: ecrire@exemple.fr}\nsynthetic: true")
    report = build(trial.workplace)
    assert not report.own_faults, [fault.render("en") for fault in report.own_faults]
    return trial


def open_site(trial: Trial, reader: Reader = PUBLIC) -> Site:
    return Site(Atlas(trial.workplace.lake.release(reader)), ASSETS, BASE)


@pytest.fixture(scope="module")
def site(trial: Trial) -> Site:
    return open_site(trial)


def read(site: Site, form: str = "ttl", page: int | None = None) -> Graph:
    names = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
    return Graph().parse(data=write_dcat(site, form, page), format=names[form])


def test_the_three_forms_say_the_same(site):
    graphs = {form: set(read(site, form)) for form in DCAT_FORMS}
    assert len(graphs["ttl"]) > 100
    assert graphs["ttl"] == graphs["rdf"] == graphs["jsonld"]


def test_words_of_any_kind_come_back_from_the_three_forms():
    statements = Statements()
    words = 'Une « phrase » d\'ici, <em>&amp; "là"\\ \n puis\t𝄞'
    thing = Iri("https://exemple.fr/a b<c>")
    statements.add(thing, DCT["title"], Words(words, language="fr"))
    statements.add(thing, DCT["modified"], Words("2024", datatype=Iri("http://www.w3.org/2001/XMLSchema#gYear")))
    for form, written in (("turtle", write_turtle), ("xml", write_rdf_xml), ("json-ld", write_json_ld)):
        graph = Graph().parse(data=written(statements), format=form)
        assert (URIRef("https://exemple.fr/a%20b%3Cc%3E"), DCTERMS.title, Literal(words, lang="fr")) in graph, form
        assert len(graph) == 2


def test_a_dataset_is_an_indicator_or_a_layer_and_nothing_of_a_partner_is_there(trial, site):
    graph = read(site)
    found = {str(node) for node in graph.subjects(RDF.type, DCAT.Dataset)}
    assert found == {
        f"{BASE}/indicateurs/housing/dwellings#donnees", f"{BASE}/indicateurs/housing/vacancy_rate#donnees",
        f"{BASE}/couches/housing/communes#donnees", f"{BASE}/couches/housing/sites#donnees",
    }  # fmt: skip
    for form in DCAT_FORMS:
        told = write_dcat(site, form).decode()
        assert not any(word in told for word in ("empty_homes", "owners", "owned", "dreal", "canary"))
    as_partner = open_site(trial, partner("dreal"))
    assert "housing/owned" in as_partner.atlas.catalogue["layers"]
    assert write_dcat(as_partner, "ttl") == write_dcat(site, "ttl")


def test_a_dataset_says_what_is_declared_and_no_more(site):
    graph = read(site)
    node = URIRef(f"{BASE}/couches/housing/sites#donnees")
    told = set(map(str, graph.objects(node, DCTERMS.description)))
    assert len(told) == 1
    assert told.pop().startswith("Données fictives")
    (theme,) = graph.objects(node, DCAT.theme)
    assert str(theme).endswith("/data-theme/SOCI")
    (card,) = graph.objects(node, DCAT.contactPoint)
    assert URIRef("mailto:ecrire@exemple.fr") in set(graph.objects(card))
    assert not list(graph.objects(node, DCTERMS.temporal))
    files = set(graph.objects(node, DCAT.distribution))
    addresses = {str(graph.value(file, DCAT.accessURL)) for file in files}
    assert f"{BASE}/couches/housing/sites.gpkg?crs=2154" in addresses
    assert f"{BASE}/ogc/collections/housing.sites" in addresses
    assert not any(graph.value(file, DCTERMS.license) for file in files)
    assert all(graph.value(file, DCTERMS.rights) for file in files)


def test_a_harvester_goes_through_all_the_pages(site, monkeypatch):
    monkeypatch.setattr(dcat, "PAGE", 1)
    found, page, steps = set(), 1, 0
    while page:
        graph = read(site, "rdf", page)
        datasets = set(graph.subjects(RDF.type, DCAT.Dataset))
        assert len(datasets) == 1
        assert datasets == set(graph.objects(None, DCAT.dataset))
        found |= datasets
        view = graph.value(predicate=RDF.type, object=HYDRA.PartialCollectionView)
        following = graph.value(view, HYDRA.next)
        page, steps = int(str(following).rpartition("=")[2]) if following else 0, steps + 1
    assert (len(found), steps) == (4, 4)


def load_shapes(*names: str) -> Graph:
    """Shapes, without their references to properties that nothing describes: these stop the validator."""
    graph = Graph()
    for name in names:
        graph.parse(SHAPES / name)
    for statement in list(graph.triples((None, SHACL.property, None))):
        if (statement[2], None, None) not in graph:
            graph.remove(statement)
    return graph


def violations(data: Graph, shapes: Graph) -> Iterator[str]:
    _, report, _ = validate(data, shacl_graph=shapes, inference="none", advanced=True)
    for top in report.subjects(RDF.type, SHACL.ValidationReport):
        for result in report.objects(top, SHACL.result):
            if report.value(result, SHACL.resultSeverity) == SHACL.Violation:
                yield f"{report.value(result, SHACL.focusNode)} {report.value(result, SHACL.resultMessage)}"


@pytest.mark.skipif(not SHAPES.is_dir(), reason="no shapes: ../shared/standards/dcat-ap is not there")
@pytest.mark.parametrize(
    "names",
    [
        ("3.0.1_html_shacl_shapes.ttl",),
        ("3.0.1_html_shacl_shapes_recommended.ttl",),
        ("3.0.1_html_shacl_mdr-vocabularies.shape.ttl",),
        ("3.0.1_shacl_dcat-ap-SHACL.ttl", "3.0.1_shacl_ranges.ttl"),
        ("2.1.1_dcat-ap_2.1.1_shacl_shapes.ttl",),
    ],
)
def test_no_rule_of_dcat_ap_is_broken(site, names):
    shapes = load_shapes(*names)
    assert list(violations(read(site, page=1), shapes)) == []


HIGH_VALUE = URIRef("http://data.europa.eu/eli/reg_impl/2023/138/oj")
HVD = Namespace("http://data.europa.eu/r5r/")


def test_no_dataset_claims_to_be_of_high_value(site):
    """Which datasets are of high value is for their producers to say, and no declaration says it of one."""
    graph = read(site)
    assert (None, HVD.applicableLegislation, None) not in graph
    assert (None, HVD.hvdCategory, None) not in graph


@pytest.mark.skipif(not SHAPES.is_dir(), reason="no shapes: ../shared/standards/dcat-ap is not there")
def test_what_high_value_asks_besides_the_claim_is_there(site):
    """Contact, documentation, files, licence: with the law and a category added to the catalogue, no rule is broken."""
    graph, category = read(site, page=1), URIRef("http://data.europa.eu/bna/c_e1da4e07")
    graph.add((HIGH_VALUE, RDF.type, URIRef("http://data.europa.eu/eli/ontology#LegalResource")))
    graph.add((category, RDF.type, SKOS.Concept))
    for kind in (DCAT.Dataset, DCAT.Distribution, DCAT.DataService):
        for node in set(graph.subjects(RDF.type, kind)):
            graph.add((node, HVD.applicableLegislation, HIGH_VALUE))
            if kind != DCAT.Distribution:
                graph.add((node, HVD.hvdCategory, category))
    # The shapes want an address to be a resource of RDF, which everything is: nobody writes it.
    for address in set(graph.objects(None, URIRef("http://www.w3.org/2006/vcard/ns#hasEmail"))):
        graph.add((address, RDF.type, RDFS.Resource))
    assert list(violations(graph, load_shapes("3.0.0-hvd_shacl_hvd-SHACL.ttl"))) == []


@pytest.mark.skipif(not SHAPES.is_dir(), reason="no shapes: ../shared/standards/dcat-ap is not there")
def test_the_rules_are_really_asked(site):
    graph = read(site)
    node = next(iter(graph.subjects(RDF.type, DCAT.Dataset)))
    graph.remove((node, DCTERMS.title, None))
    assert list(violations(graph, load_shapes("3.0.1_html_shacl_shapes.ttl")))


@pytest.mark.parametrize(
    ("names", "licence"),
    [
        (["lov2"], "lov2"),
        (["lov2", "odbl"], "odbl"),
        (["cc0", "lov2"], "lov2"),
        (["lov2", "agreement"], None),
        ([], None),
    ],
)
def test_the_licence_is_that_which_asks_most(names, licence):
    assert choose_licence(names) == licence
    assert licence is None or LICENCES[licence].startswith("http")


@pytest.mark.parametrize(
    ("period", "window", "span"),
    [
        ("2021", None, ("2021-01-01", "2021-12-31")),
        ("2021", {"before": 2, "after": 2}, ("2019-01-01", "2023-12-31")),
        ("2023-Q3", None, ("2023-07-01", "2023-09-30")),
        ("2024-02", None, ("2024-02-01", "2024-02-29")),
        ("jadis", None, None),
        ("2023-S1", None, None),
    ],
)
def test_a_period_is_days(period, window, span):
    assert span_of(period, window) == span


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "jsonld"), ("text/html", "jsonld"), ("text/turtle", "ttl"),
        ("application/rdf+xml;q=0.5,text/turtle", "ttl"), 
        ("application/rdf+xml, text/turtle;q=0.9", "rdf"), ("application/ld+json;q=x, text/xml", "rdf"),
    ],
)  # fmt: skip
def test_a_reader_is_given_the_form_that_it_prefers(accept, form):
    assert negotiate(accept) == form


def test_an_export_has_the_catalogue_of_its_own_files(trial):
    atlas = Atlas(trial.workplace.lake.release(PUBLIC))
    press = Press(atlas, ASSETS, BASE, Export(languages=("fr", "en")))
    sheet = next(each for each in press.sheets if each.kind == "dcat")
    leaves = dict(press.draw(sheet, "fr").leaves)
    graph = Graph().parse(data=leaves["dcat.ttl"], format="turtle")
    addresses = set(map(str, graph.objects(None, DCAT.accessURL)))
    assert f"{BASE}/couches/housing/sites.gpkg" in addresses
    assert not any("/ogc" in each or "crs=" in each for each in addresses)
    assert not list(graph.subjects(RDF.type, DCAT.DataService))


def test_a_page_says_to_search_engines_what_it_holds(site):
    from beffroi.observe.layers import observe_layer
    from beffroi.publish.schema_org import describe_layer_dataset

    view = observe_layer(site.atlas, "housing/sites", "fr")
    entry = MappingProxyType({**view.entry, "keywords": ["</script><script>alert(1)</script>"]})
    written = str(describe_layer_dataset(site, replace(view, entry=entry), "fr"))
    assert written.count("</script>") == 1
    said = json.loads(written.removeprefix('<script type="application/ld+json">').removesuffix("</script>"))
    assert (said["@type"], said["name"]) == ("Dataset", "Sites")
    assert said["keywords"] == ["</script><script>alert(1)</script>", "donnees-fictives"]
    assert {each["encodingFormat"] for each in said["distribution"]} >= {"text/csv", "application/geo+json"}
    assert describe_layer_dataset(site, replace(view, entry={**view.entry, "audience": "partner:dreal"}), "fr") == ""
