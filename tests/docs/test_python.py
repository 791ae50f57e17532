"""The Python that pages show runs: on a new workspace where one is enough, or is at least Python where it is not."""

import contextlib
import io
from pathlib import Path

import pytest

from tests.docs.blocks import Block, pages, read_blocks
from tests.docs.sessions import run_beffroi

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
