"""The guarded trial workspace, built once and copied for whoever changes it."""

from pathlib import Path

import pytest

from beffroi.run import build
from tests.adversary.worlds import guard
from tests.run.conftest import Trial


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Built and never changed."""
    trial = guard(tmp_path_factory.mktemp("guarded") / "trial")
    report = build(trial.workplace)
    assert {item.state for item in report.items} == {"built"}, [item for item in report.items if item.state != "built"]
    return trial


@pytest.fixture
def house(built: Trial, tmp_path: Path) -> Trial:
    """A copy of its own for each test, lake and all."""
    return built.copy(tmp_path / "trial")
