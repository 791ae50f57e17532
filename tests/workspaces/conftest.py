"""One bench for the session: packages are fetched once, tables made once."""

from pathlib import Path

import pytest

from beffroi.catalog import Catalog
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
