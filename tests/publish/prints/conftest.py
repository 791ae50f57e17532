"""A small edition with layers and a map, and how its prints are made and read back."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from beffroi.access import PUBLIC
from beffroi.observe import Atlas
from beffroi.publish import Assets, Site
from beffroi.publish.maps import look_at_map
from beffroi.publish.prints import PrintOrder, read_order, write_print
from beffroi.run import build
from tests.run.conftest import Trial
from tests.run.layered import add_layers

MAP = "housing"
Print = Callable[..., pypdfium2.PdfDocument]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("prints")
    trial = add_layers(Trial(folder / "trial"))
    # The contours of the trial are squares of a degree, printed at scales that they bear; their names have room.
    trial.replace("layers/housing/communes.yaml", "style:", "labels: {attribute: name, from_zoom: 4}\nstyle:")
    report = build(trial.workplace)
    assert not report.own_faults, [fault.render("en") for fault in report.own_faults]
    (folder / "fonts").mkdir()
    assets = Assets("main.js", "main.css", "face.woff2", {}, "test", folder / "fonts")
    return Site(Atlas(trial.workplace.lake.release(PUBLIC)), assets, "https://observatoire.exemple")


@pytest.fixture(scope="session")
def order(site: Site) -> Callable[..., PrintOrder]:
    """An order as an address gives it."""

    def read(language: str = "fr", **asked: str | list[str]) -> PrintOrder:
        values = {key: value if isinstance(value, list) else [value] for key, value in asked.items()}
        return read_order(site.atlas, look_at_map(site, MAP, language), values, language)

    return read


@pytest.fixture
def printed(site: Site, order: Callable[..., PrintOrder], tmp_path: Path) -> Print:
    """A print, opened."""

    def make(language: str = "fr", **asked: str | list[str]) -> pypdfium2.PdfDocument:
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.pdf"
        write_print(site, order(language, **asked), language, file)
        return pypdfium2.PdfDocument(file)

    return make


def words_of(page: pypdfium2.PdfPage) -> str:
    """What a page says, in one line."""
    return " ".join(page.get_textpage().get_text_bounded().replace("\u00a0", " ").split())
