"""Projects and styles of QGIS become drafts of layers; what is lost is told, what could do harm is refused."""

import re
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import beffroi.catalog.imports as imports
from beffroi.catalog.imports import Imported, import_styles, safe_files, say_loss
from beffroi.errors import BeffroiError
from beffroi.language import text

DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


def symbol(name: str, colour: str, kind: str = "SimpleFill", more: str = "", layers: int = 1) -> str:
    layer = f'<layer class="{kind}" enabled="1"><prop k="color" v="{colour}"/>{more}</layer>'
    return f'<symbol name="{name}" type="fill" alpha="0.5">{layer * layers}</symbol>'


def layer(name: str, renderer: str, more: str = "", attributes: str = "") -> str:
    return (
        f'<maplayer type="vector" {attributes}><id>{name}</id><layername>{name}</layername>'
        f"<datasource>dbname='sig' user='moi' password='secret' table=\"public\".\"sites\" (geom)</datasource>"
        f'<aliases><alias field="genre" name="Genre"/><alias field="surface" name=""/></aliases>{renderer}{more}'
        f"</maplayer>"
    )


CATEGORIES = (
    '<renderer-v2 type="categorizedSymbol" attr="genre"><categories>'
    '<category value="port" symbol="0" label="Ports"/><category value="zone" symbol="1" label="zone"/>'
    '<category value="" symbol="1" label="Autres"/></categories>'
    f"<symbols>{symbol('0', '255,0,0,255')}{symbol('1', '0,0,255,255')}</symbols></renderer-v2>"
)


def classes(*limits: float, attribute: str = "surface") -> str:
    pairs = pairwise(limits)
    ranges = "".join(
        f'<range lower="{low}" upper="{high}" symbol="{k}" label=""/>' for k, (low, high) in enumerate(pairs)
    )
    symbols = "".join(symbol(str(k), "9,9,9,255") for k in range(len(limits) - 1))
    return (
        f'<renderer-v2 type="graduatedSymbol" attr="{attribute}"><ranges>{ranges}</ranges>'
        f"<symbols>{symbols}</symbols></renderer-v2>"
    )


def single(inner: str, kind: str = "singleSymbol") -> str:
    return f'<renderer-v2 type="{kind}"><symbols>{inner}</symbols></renderer-v2>'


def project(*layers: str) -> str:
    return f"{DOCTYPE}<qgis version='3.22'><projectlayers>{''.join(layers)}</projectlayers></qgis>"


def take(folder: Path, content: str | bytes, name: str = "atelier.qgs", tables: tuple[str, ...] = ()):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return import_styles(path, folder, "housing", tables)


def take_one(folder: Path, content: str, name: str = "atelier.qgs", tables: tuple[str, ...] = ()):
    (found,) = take(folder, content, name, tables)
    return found, read(folder, found)


def read(folder: Path, found: Imported) -> dict:
    return YAML(typ="safe").load((folder / found.file).read_text())


def lost(found: Imported) -> set[str]:
    return {loss.what for loss in found.losses}


def code_of(ask) -> str:
    with pytest.raises(BeffroiError) as caught:
        ask()
    return caught.value.faults[0].code


def test_categories_keep_their_values_titles_colours_and_rest(tmp_path):
    found, said = take_one(tmp_path, project(layer("Sites", CATEGORIES)), tables=("town/sites", "town/roads"))
    assert (found.file, found.losses) == ("layers/housing/sites.yaml", ())
    assert said["style"] == {
        "kind": "categories", "column": "genre",
        "values": {"port": {"title": "Ports", "colour": "#ff0000"}, "zone": {"colour": "#0000ff"}},
        "rest": "Autres", "opacity": 0.5, "why": "Repris de atelier.qgs.",
    }  # fmt: skip
    assert said["table"] == "town/sites"
    assert said["attributes"] == {"genre": {"title": "Genre"}, "surface": None}


def test_what_lets_one_into_a_database_is_not_written(tmp_path):
    found, _ = take_one(tmp_path, project(layer("Sites", CATEGORIES)))
    written = (tmp_path / found.file).read_text()
    assert "secret" not in written
    assert "moi" not in written


def test_classes_become_given_limits_and_the_loss_of_their_colours_is_told(tmp_path):
    found, said = take_one(tmp_path, project(layer("Surfaces", classes(0, 5.5, 10, 99))))
    assert said["style"]["limits"] == [5.5, 10]
    assert (said["style"]["method"], said["style"]["why"]) == ("manual", "Repris de atelier.qgs.")
    assert lost(found) == {"class_colours"}
    assert "# Perdu" in (tmp_path / found.file).read_text()


def test_classes_that_end_just_before_the_next_meet(tmp_path):
    renderer = classes(0, 6, 8, 14).replace('upper="6"', 'upper="5.999999999999999"')
    _, said = take_one(tmp_path, project(layer("Surfaces", renderer)))
    assert said["style"]["limits"] == [6, 8]


@pytest.mark.parametrize(
    ("renderer", "what"),
    [
        (single(symbol("0", "1,2,3,255"), "RuleRenderer"), "renderer"),
        (f'<renderer-v2 type="pointCluster">{single(symbol("0", "1,2,3,255"))}</renderer-v2>', "renderer_around"),
        (classes(0, 1, 2, 3, attribute="surface / 2"), "expression"),
        (classes(0, 1, 2), "class_count"),
        (classes(*range(12)), "class_count"),
        (classes(0, 1, 2, 3).replace('upper="1"', 'upper="0.5"'), "class_holes"),
        (single(symbol("0", "1,2,3,255", "SvgMarker")), "symbol_kind"),
        (single(symbol("0", "1,2,3,255", layers=2)), "symbol_layers"),
        (single(symbol("0", "1,2,3,255", "SimpleMarker", '<prop k="name" v="heart"/>')), "marker"),
        (single(symbol("0", "1,2,3,255", "SimpleLine", '<prop k="line_style" v="dash"/>')), "dashes"),
        (single(symbol("0", "1,2,3,255", more='<effect><effect enabled="1"/></effect>')), "effect"),
        (CATEGORIES.replace('label="Ports"', 'label="Ports" render="false"'), "category_hidden"),
        (CATEGORIES.replace("<categories>", "<categories>" + "".join(
            f'<category value="v{k}" symbol="0" label=""/>' for k in range(12))), "category_count"),
    ],
)  # fmt: skip
def test_a_style_without_an_equal_is_told_and_a_draft_is_written_all_the_same(tmp_path, renderer, what):
    found, said = take_one(tmp_path, project(layer("Sites", renderer)))
    assert what in lost(found)
    assert said["style"]["kind"] in ("single", "categories")
    assert all(say_loss(loss, "fr") and say_loss(loss, "en") for loss in found.losses)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("<mapTip>x</mapTip>", "map_tip"),
        ("<SingleCategoryDiagramRenderer/>", "diagrams"),
        ("<attributeactions><actionsetting/></attributeactions>", "actions"),
        ("<blendMode>6</blendMode>", "blend_mode"),
        ("<vectorjoins><join joinLayerId='autre'/></vectorjoins>", "join"),
        ("<expressionfields><field name='double'/></expressionfields>", "virtual_field"),
        ("<fieldConfiguration><field name='Été'/></fieldConfiguration>", "field_name"),
        (
            "<attributetableconfig><columns><column type='field' name='genre' hidden='1'/></columns>"
            "</attributetableconfig>",
            "hidden_field",
        ),
        ("<labeling type='rule-based'/>", "labels_rules"),
        ("<labeling><settings><text-style fieldName='a'/></settings></labeling>", "labels_rules"),
        ("<labeling type='simple'><text-style fieldName=\"upper(genre)\"/></labeling>", "labels_expression"),
    ],
)
def test_what_a_declaration_has_no_place_for_is_told(tmp_path, more, what):
    found, _ = take_one(tmp_path, project(layer("Sites", single(symbol("0", "1,2,3,255")), more)))
    assert what in lost(found)


def test_circles_labels_and_scales_are_taken(tmp_path):
    size = (
        '<data_defined_properties><Option><Option name="properties"><Option name="size">'
        '<Option name="active" value="true"/><Option name="expression" value="sqrt(&quot;surface&quot;)"/>'
        "</Option></Option></Option></data_defined_properties>"
    )
    marker = single(symbol("0", "1,2,3,255", "SimpleMarker", size))
    labels = (
        "<labeling type='simple'><settings><text-style fieldName='genre'/>"
        "<rendering scaleVisibility='1' scaleMax='100000'/></settings></labeling>"
    )
    seen = 'hasScaleBasedVisibilityFlag="1" minScale="800000" maxScale="1000"'
    found, said = take_one(tmp_path, project(layer("Sites", marker, labels, seen)))
    assert (said["style"]["kind"], said["style"]["column"]) == ("circles", "surface")
    assert said["labels"] == {"attribute": "genre", "from_zoom": 12}
    assert said["zoom"] == {"min": 9}
    assert {"size_formula", "labels_look", "greatest_scale"} <= lost(found)


def test_an_archive_is_opened_and_rasters_are_left_out(tmp_path):
    raster = '<maplayer type="raster"><id>r</id><layername>Ortho</layername></maplayer>'
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("atelier.qgs", project(layer("Sites", CATEGORIES), raster))
    found = take(tmp_path, (tmp_path / "a.zip").read_bytes(), "atelier.qgz")
    assert [(each.title, each.file) for each in found] == [("Sites", "layers/housing/sites.yaml"), ("Ortho", None)]


def test_no_text_that_is_there_is_touched(tmp_path):
    for name in ("sites", "sites_2", "sites_3"):
        found, _ = take_one(tmp_path, project(layer("Sites", CATEGORIES)))
        assert found.file == f"layers/housing/{name}.yaml"


def test_a_name_never_leads_out_of_the_folder(tmp_path):
    found, said = take_one(tmp_path, project(layer("../../évadé: # {x}", CATEGORIES)))
    assert found.file == "layers/housing/evade_x.yaml"
    assert said["title"] == "../../évadé: # {x}"


SLD = """<sld:StyledLayerDescriptor xmlns:sld="http://www.opengis.net/sld" xmlns:ogc="http://www.opengis.net/ogc">
<sld:NamedLayer><sld:Name>x</sld:Name><sld:UserStyle><sld:FeatureTypeStyle>{rules}</sld:FeatureTypeStyle>
</sld:UserStyle></sld:NamedLayer></sld:StyledLayerDescriptor>"""


def rule(title: str, condition: str, colour: str) -> str:
    filtered = f"<ogc:Filter>{condition}</ogc:Filter>" if condition else ""
    return (
        f"<sld:Rule><sld:Title>{title}</sld:Title>{filtered}<sld:PolygonSymbolizer><sld:Fill>"
        f'<sld:CssParameter name="fill">{colour}</sld:CssParameter></sld:Fill></sld:PolygonSymbolizer></sld:Rule>'
    )


def test_a_style_of_the_ogc_is_taken(tmp_path):
    same = (
        "<ogc:PropertyIsEqualTo><ogc:PropertyName>genre</ogc:PropertyName><ogc:Literal>{}</ogc:Literal>"
        "</ogc:PropertyIsEqualTo>"
    )
    rules = rule("Ports", same.format("port"), "#FF0000") + rule("Zones", same.format("zone"), "#0000FF")
    found, said = take_one(tmp_path, SLD.format(rules=rules), "sites.sld")
    assert said["style"]["values"]["port"] == {"title": "Ports", "colour": "#ff0000"}
    assert found.losses == ()
    between = (
        "<ogc:And><ogc:PropertyIsGreaterThanOrEqualTo><ogc:PropertyName>surface</ogc:PropertyName><ogc:Literal>{}"
        "</ogc:Literal></ogc:PropertyIsGreaterThanOrEqualTo><ogc:PropertyIsLessThan><ogc:PropertyName>surface"
        "</ogc:PropertyName><ogc:Literal>{}</ogc:Literal></ogc:PropertyIsLessThan></ogc:And>"
    )
    rules = "".join(rule(str(k), between.format(k * 10, k * 10 + 10), "#123456") for k in range(4))
    _, said = take_one(tmp_path, SLD.format(rules=rules), "surfaces.sld")
    assert said["style"]["limits"] == [10, 20, 30]
    refused = rule("Autre", "<ogc:Not><ogc:PropertyName>a</ogc:PropertyName></ogc:Not>", "#123456")
    found, _ = take_one(tmp_path, SLD.format(rules=refused), "autre.sld")
    assert lost(found) == {"sld_filter"}


def test_what_is_no_project_or_could_do_harm_is_refused(tmp_path, monkeypatch):
    entity = '<!DOCTYPE qgis [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><qgis><maplayer><id>&b;</id></maplayer></qgis>'
    outside = '<!DOCTYPE qgis [<!ENTITY a SYSTEM "file:///etc/passwd">]><qgis><maplayer>&a;</maplayer></qgis>'
    assert code_of(lambda: take(tmp_path, entity)) == "import-refused"
    assert code_of(lambda: take(tmp_path, outside)) == "import-refused"
    assert code_of(lambda: take(tmp_path, "<qgis>" + "<a>" * 300 + "</a>" * 300 + "</qgis>")) == "import-refused"
    assert code_of(lambda: take(tmp_path, "ceci n'est pas du XML")) == "import-not-read"
    assert code_of(lambda: take(tmp_path, "<html/>")) == "import-empty"
    monkeypatch.setattr(safe_files, "LARGEST", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.qgs", b" " * 50_000_000)
    assert code_of(lambda: take(tmp_path, (tmp_path / "bomb.zip").read_bytes(), "a.qgz")) == "import-refused"
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.writestr("a.txt", b"")
    assert code_of(lambda: take(tmp_path, (tmp_path / "none.zip").read_bytes(), "b.qgz")) == "import-not-read"
    assert not list(tmp_path.rglob("*.yaml"))


def test_every_loss_has_its_words():
    folder = Path(imports.__file__).parent
    told = {what for file in folder.glob("*.py") for what in re.findall(r'lose\("(\w+)"', file.read_text())}
    assert len(told) > 20
    for what in told:
        assert text(f"imports.{what}", "fr", detail="x")
        assert text(f"imports.{what}", "en", detail="x")
