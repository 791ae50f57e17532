"""What pages show for other programs works on a new workspace: Python, and the addresses of a server."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from tests.docs.blocks import Block, pages, read_blocks
from tests.docs.sessions import Session, run_beffroi
from tests.house.places import ROOT

BLOCKS = [block for page in pages() for block in read_blocks(page) if block.language == "python"]
STARTED = "mon-territoire"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds a new workspace, built."""
    folder = tmp_path_factory.mktemp("python")
    run_beffroi(["beffroi", "new", STARTED], folder)
    run_beffroi(["beffroi", "build", STARTED], folder)
    return folder


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_python_runs(block: Block, started: Path) -> None:
    code = compile(block.text, str(block), "exec")
    if STARTED in block.text:
        with contextlib.chdir(started), contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, {})
        assert out.getvalue(), "it shows something"


def addresses() -> list[str]:
    """The addresses of a server that the page about other programs gives, without their host."""
    text = (ROOT / "docs" / "how-to" / "utiliser_les_donnees.md").read_text("utf-8")
    return [*re.findall(r"http://127\.0\.0\.1:8000(/[^\s`]+)", text), *re.findall(r"^ {4}(/\S+)", text, re.MULTILINE)]


@pytest.mark.parametrize("address", addresses())
def test_address_answers(address: str, started: Path) -> None:
    assert Session(started / STARTED).page(address)


def test_the_object_of_a_table_is_told(started: Path) -> None:
    told = re.search(r'"object":"(\w+)"', Session(started / STARTED).page("/api/tables/census/dwellings"))
    assert told
    assert (started / STARTED / ".beffroi" / "objects" / told[1] / "data.parquet").exists()
