"""One bench for the session: packages are fetched once, tables made once, the invented workspace built once."""

import shutil
from pathlib import Path

import pytest

from beffroi.access import PUBLIC, partner
from beffroi.catalog import Catalog
from beffroi.lake import Release
from beffroi.run import BuildOptions, build, open_workplace
from beffroi.settings import Settings
from tests.workspaces.benches import WORKSPACES, Bench, catalog_of


@pytest.fixture(scope="session")
def artois() -> Catalog:
    return catalog_of("artois")


@pytest.fixture(scope="session")
def exemple() -> Catalog:
    return catalog_of("exemple")


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory, artois: Catalog) -> Bench:
    folder: Path = tmp_path_factory.mktemp("artois")
    return Bench(folder, artois)


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Release]:
    """What the public and the partner see of a build made without any network."""
    root = tmp_path_factory.mktemp("exemple") / "exemple"
    shutil.copytree(WORKSPACES / "exemple", root, ignore=shutil.ignore_patterns(".beffroi"))
    workplace = open_workplace(root, Settings(offline=True, threads=1))
    report = build(workplace, BuildOptions(offline=True))
    blocked = {item.name for item in report.items if item.state == "blocked"}
    assert blocked == {"energy/consumption"}, "the one source that nobody can reach, and what needs it"
    return {"public": workplace.lake.release(PUBLIC), "chambre": workplace.lake.release(partner("chambre"))}
