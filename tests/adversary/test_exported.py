"""Nothing that is for a partner is in the files of the public edition: names, values, traces of either."""

from pathlib import Path

from beffroi.run.exporting import ExportOptions, export
from tests.adversary.readings import Seen, read
from tests.adversary.test_canary import leaks
from tests.adversary.worlds import WORDS
from tests.run.conftest import Trial
from tests.serve.conftest import assets_folder

__all__ = ["assets_folder"]


def test_the_exported_tree_holds_nothing_of_a_partner(built: Trial, tmp_path: Path, assets_folder: Path) -> None:
    options = ExportOptions(base_url="https://exemple.test", server="https://vivant.test", workers=1)
    report = export(built.workplace, tmp_path / "files", options, assets_folder=assets_folder)
    assert not report.faults
    found = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert len(found) > 60
    told = []
    for path in found:
        name = path.relative_to(tmp_path).as_posix()
        # The bytes of a picture say nothing to who looks for words in them; its words are those of its page.
        text = "" if path.suffix == ".png" else read(path.read_bytes())
        told += [f"{name}: {word}" for word in leaks(Seen(name, 200, {}, f"{name} {text}"), WORDS)]
    assert not told
