"""Forty slips of a study officer in one workspace: each is told on its line, in French, and none for another's sake."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from beffroi.errors import Fault
from beffroi.run import open_workplace
from beffroi.settings import Settings

HERE = Path(__file__).parent
SLIPS: list[dict[str, Any]] = tomllib.loads((HERE / "expected_faults.toml").read_text("utf-8"))["fault"]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "forty", tmp_path / "brume"))


def commit(root: Path, slip: dict[str, Any]) -> None:
    path = root / slip["file"]
    if "old" not in slip:
        path.write_text(slip["new"], "utf-8")
        return
    text = path.read_text("utf-8")
    assert text.count(slip["old"]) == 1, f"{slip['name']}: {text.count(slip['old'])} times in {slip['file']}"
    path.write_text(text.replace(slip["old"], slip["new"]), "utf-8")


def file_of(slip: dict[str, Any]) -> str:
    """Where the fault is told: a circle is told by the first of its members."""
    return str(slip.get("told", slip["file"]))


def line_of(root: Path, slip: dict[str, Any]) -> int | None:
    """The line of ``at`` (``text#2``: the second one); None for a fault of a whole file."""
    if "at" not in slip:
        return None
    wanted, _, rank = slip["at"].partition("#")
    lines = (root / file_of(slip)).read_text("utf-8").splitlines()
    found = [number for number, line in enumerate(lines, 1) if wanted in line]
    return found[int(rank or 1) - 1]


def faults(root: Path) -> tuple[Fault, ...]:
    return open_workplace(root, Settings()).check().faults


def told(fault: Fault) -> tuple[str, int | None]:
    assert fault.place is not None
    return fault.place.file, fault.place.line


def test_the_workspace_without_slips_is_sound(workspace: Path) -> None:
    assert faults(workspace) == ()


@pytest.mark.parametrize("slip", SLIPS, ids=[slip["name"].replace(" ", "-") for slip in SLIPS])
def test_a_slip_alone_is_the_one_fault(workspace: Path, slip: dict[str, Any]) -> None:
    commit(workspace, slip)
    found = faults(workspace)
    assert len(found) == 1, "\n".join(fault.render() for fault in found)
    (fault,) = found
    assert told(fault) == (file_of(slip), line_of(workspace, slip)), fault.render()
    assert fault.code == slip["code"]
    said = fault.render("fr")
    assert all(word in said for word in slip["says"]), said
    assert fault.nearest or fault.remedy("fr"), said
    assert fault.message("en") != fault.message("fr")


def test_all_slips_together_give_as_many_faults(workspace: Path) -> None:
    for slip in SLIPS:
        commit(workspace, slip)
    found = faults(workspace)
    expected = sorted((file_of(slip), line_of(workspace, slip) or 0) for slip in SLIPS)
    assert sorted((file, line or 0) for file, line in map(told, found)) == expected
    assert len(SLIPS) >= 40


def test_a_contract_that_forgets_a_column_is_one_fault(workspace: Path) -> None:
    """The SELECT gives it, other tables and indicators read it: the contract alone is at fault."""
    contract = workspace / "sources/ademe/permis/source.yaml"
    contract.write_text(contract.read_text("utf-8").replace("autorises:", "autorise:"), "utf-8")
    indicator = workspace / "indicators/habitat/autorisations.yaml"
    indicator.write_text(indicator.read_text("utf-8").replace("habitat/parc", "ademe/permis"), "utf-8")
    (found,) = faults(workspace)
    assert (found.code, told(found)) == ("columns-differ", ("sources/ademe/permis/table.sql", 1))
    assert found.nearest == "autorises"


def test_a_type_that_the_contract_does_not_promise(workspace: Path) -> None:
    statement = workspace / "tables/habitat/tension/table.sql"
    statement.write_text(
        'select commune, annee, cast(count(*) as varchar) as ventes\nfrom "dgfip/ventes"\ngroup by all\n'
    )
    (found,) = faults(workspace)
    assert (found.code, told(found)) == ("column-type", ("tables/habitat/tension/table.sql", 1))
    assert "cast(ventes as BIGINT)" in found.render("fr")
