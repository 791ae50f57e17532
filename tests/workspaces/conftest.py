"""One bench for the session: packages are fetched once, tables made once, the invented workspace built once."""

from pathlib import Path

import pytest

from beffroi.access import PUBLIC, partner
from beffroi.catalog import Catalog
from beffroi.lake import Release
from beffroi.run import Workplace
from tests.workspaces.benches import Bench, catalog_of


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
def released(exemple_built: Workplace) -> dict[str, Release]:
    """What the public and the partner see of a build made without any network."""
    lake = exemple_built.lake
    return {"public": lake.release(PUBLIC), "chambre": lake.release(partner("chambre"))}
