"""A thousand declared things are read in less time than one notices."""

import time
from pathlib import Path

import pytest

from beffroi.catalog import check_catalog
from tests.catalog.workspaces import copy_example, write

pytest.importorskip("_ruamel_yaml", reason="the C reader of YAML is not installed")


def test_a_thousand_declarations(tmp_path: Path) -> None:
    root = copy_example("small", tmp_path)
    derived = {
        name: (root / "tables/housing/by_tenure" / name).read_text("utf-8") for name in ("table.yaml", "table.sql")
    }
    rate = (root / "indicators/housing/vacancy_rate.yaml").read_text("utf-8")
    for number in range(200):
        for name, text in derived.items():
            write(root, f"tables/many/t{number}/{name}", text)
    for number in range(800):
        write(root, f"indicators/many/i{number}.yaml", rate)
    check_catalog(root)
    before = time.process_time()
    result = check_catalog(root)
    spent = time.process_time() - before
    assert not result.faults
    assert len(result.catalog.indicators) == 803 if result.catalog else False
    # Some 0.4 s of processor on an idle machine; the rest is for machines that are not.
    assert spent < 2.0
