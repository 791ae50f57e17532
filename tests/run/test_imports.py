"""Drafts are written under a theme of the workspace, and what is lost is told on the terminal."""

import pytest

from beffroi.catalog import check_catalog
from beffroi.errors import BeffroiError
from beffroi.run.consoles import import_in_console
from tests.run.conftest import Trial

PROJECT = """<qgis><projectlayers><maplayer type="vector"><id>a</id><layername>Logements</layername>
<datasource>./dwellings.gpkg|layername=dwellings</datasource>
<aliases><alias field="dwellings" name="Logements"/></aliases>
<renderer-v2 type="RuleRenderer"><symbols/></renderer-v2></maplayer></projectlayers></qgis>"""


def test_a_draft_names_the_table_that_is_declared_and_the_loss_is_told(trial: Trial, capsys) -> None:
    trial.write("atelier.qgs", PROJECT)
    import_in_console(trial.workplace, trial.root / "atelier.qgs", None)
    said = capsys.readouterr().out
    assert "layers/housing/logements.yaml" in said
    assert "RuleRenderer" in said
    draft = (trial.root / "layers/housing/logements.yaml").read_text()
    assert "table: town/dwellings" in draft
    # The text is read as a layer is: what is wrong in it is that this table has no place for its rows.
    faults = check_catalog(trial.root).faults
    assert {str(fault.place.file) for fault in faults} == {"layers/housing/logements.yaml"}
    assert all(fault.code != "yaml-invalid" for fault in faults)


def test_a_theme_that_is_not_there_is_refused_before_anything_is_written(trial: Trial) -> None:
    trial.write("atelier.qgs", PROJECT)
    with pytest.raises(BeffroiError) as caught:
        import_in_console(trial.workplace, trial.root / "atelier.qgs", "housings")
    assert caught.value.faults[0].code == "import-theme-unknown"
    assert not (trial.root / "layers").exists()
