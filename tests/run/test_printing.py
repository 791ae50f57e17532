"""The command gives the sheet that a server gives."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from beffroi import cli
from beffroi.access import PUBLIC
from beffroi.errors import BeffroiError
from beffroi.publish import Assets
from beffroi.run import build, printing
from tests.run.conftest import Trial
from tests.run.layered import add_layers


def test_a_map_is_printed_under_its_own_name_or_where_one_says(tmp_path, monkeypatch):
    trial = add_layers(Trial(tmp_path / "trial"))
    assert not build(trial.workplace).own_faults
    monkeypatch.setattr(printing, "load_assets", lambda: Assets("a.js", "a.css", "a.woff2", {}, "test", tmp_path))
    monkeypatch.chdir(tmp_path)
    asked = {"format": ["A4"], "couche": ["housing/sites"]}
    made = printing.print_sheet(trial.workplace, "housing", PUBLIC, asked, "fr", None)
    assert made == Path("housing_A4_donnees-fictives.pdf")
    words = ["print", "housing", "--layer", "housing/sites", "-o", "sheet.pdf", "-w", str(trial.root)]
    done = CliRunner().invoke(cli.app, words)
    assert (done.exit_code, done.output) == (0, "sheet.pdf\n")
    assert Path("sheet.pdf").read_bytes() == made.read_bytes()
    with pytest.raises(BeffroiError) as caught:
        printing.print_sheet(trial.workplace, "lent", PUBLIC, asked, "fr", None)
    assert [fault.code for fault in caught.value.faults] == ["unknown-map-asked"]
