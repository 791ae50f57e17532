"""The public edition as files: whole, every link alive, drawn again where something changed, never half in place."""

import os
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from beffroi.errors import BeffroiError, fault
from beffroi.publish import observatories
from beffroi.publish.exports.trees import Tree
from beffroi.run import build
from beffroi.run.exporting import ExportOptions, ExportReport, export
from beffroi.run.rollbacks import roll_back
from tests.publish.links import find_dead_links, find_rooted_links
from tests.run.conftest import Trial
from tests.serve.conftest import assets_folder

__all__ = ["assets_folder"]

BASE = "https://exemple.test/agence"
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
PAGE = """---
title: Se loger {{ here.in }}
summary: Combien de logements, et lesquels sont vides.
levels: [commune, epci]
---
Il y a {{ housing/dwellings }}, de quoi loger chacun.

## Le classement

```ranking
indicator: housing/dwellings
level: commune
```
"""
OTHER = """---
title: Méthode
---
Tout est inventé.
"""

Write = Callable[..., ExportReport]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    trial = Trial(tmp_path_factory.mktemp("observatory") / "trial")
    trial.write(
        "observatories/housing/observatory.yaml",
        "title: Habitat\nsummary: Les logements et ceux qui sont vides.\nthemes: [housing]\nstate: draft\n"
        "pages: [index, method]\n",
    )
    trial.replace("workspace.yaml", "perimeter: agency", "perimeter: agency\nlanguages: [fr, en]")
    trial.write("observatories/housing/index.md", PAGE)
    trial.write("observatories/housing/method.md", OTHER)
    report = build(trial.workplace)
    assert not report.own_faults
    return trial


@pytest.fixture
def observatory(once: Trial, tmp_path: Path) -> Trial:
    return once.copy(tmp_path / "trial")


@pytest.fixture
def write(observatory: Trial, tmp_path: Path, assets_folder: Path) -> Write:
    """``write()`` exports into ``tmp_path / "files"`` with one process."""

    def run(**options: object) -> ExportReport:
        asked = ExportOptions(**{"base_url": BASE, "workers": 1, **options})
        return export(observatory.workplace, tmp_path / "files", asked, assets_folder=assets_folder)

    return run


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "files"


def read_tree(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and ".beffroi" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_every_link_of_the_tree_leads_somewhere(write: Write, root: Path) -> None:
    report = write()
    assert not report.faults
    assert not find_dead_links(root, BASE)
    assert not find_rooted_links(root), "the tree works in any folder of a host"
    held = (root / "observatoires/housing/index/commune/99001/index.html").read_text("utf-8")
    assert 'rel="stylesheet" href="../../../../../assets/' in held
    assert f'<link rel="canonical" href="{BASE}/observatoires/housing/index/commune/99001/">' in held
    assert f'<meta property="og:image" content="{BASE}/apercus/observatoires/housing/index.png">' in held
    assert (root / "apercus/observatoires/housing/index.png").read_bytes().startswith(b"\x89PNG")
    assert (root / "en/observatoires/housing/index/commune/99001/index.html").is_file()
    assert not list((root / ".beffroi").glob("next*")), "nothing is under way"


def test_lost_addresses_have_a_page_whose_links_begin_at_the_root(write: Write, root: Path) -> None:
    write()
    for language, words in (("", "Il n’y a pas de page à cette adresse"), ("en/", "There is no page at this address")):
        page = unescape((root / f"{language}404.html").read_text("utf-8"))
        assert words in page
        assert f'href="/agence/{language}catalogue/"' in page
        assert "404.html" not in (root / "sitemap.xml").read_text("utf-8")


def test_a_tree_without_an_address_says_none(write: Write, root: Path) -> None:
    write(base_url="", languages=("fr",))
    assert not (root / "sitemap.xml").exists()
    assert not (root / "cartes").exists()
    assert not (root / "en").exists()
    assert not find_dead_links(root)
    home = (root / "index.html").read_text("utf-8")
    assert "og:image" not in home
    assert 'hreflang="en"' not in home
    assert "absente de cette copie en fichiers" in home


def test_what_needs_a_server_leads_to_the_living_one(write: Write, root: Path) -> None:
    write(server="https://vivant.test")
    explorer = (root / "explorer/housing/dwellings/index.html").read_text("utf-8")
    assert "demande un serveur" in explorer
    assert 'href="https://vivant.test/explorer?indicator=housing/dwellings' in explorer
    assert "<form" not in explorer
    assert 'href="https://vivant.test/api"' in explorer


def test_what_has_not_changed_is_not_drawn_again(write: Write, observatory: Trial, root: Path) -> None:
    first = write()
    before = {path: (root / path).stat().st_mtime_ns for path in read_tree(root)}
    again = write()
    assert (again.drawn, again.kept, again.written, again.removed) == (0, first.drawn, 0, 0)
    observatory.replace("observatories/housing/method.md", "Tout est inventé.", "Tout est inventé, pour les essais.")
    build(observatory.workplace)
    changed = write()
    touched = {path for path, moment in before.items() if (root / path).stat().st_mtime_ns != moment}
    pages = {path for path in touched if path.endswith("index.html")}
    assert {path.removeprefix("en/") for path in pages} == {
        "observatoires/housing/method/index.html",
        "observatoires/housing/method/grouping/agency/index.html",
    } & {path.removeprefix("en/") for path in before}
    assert changed.drawn < 10
    assert "pour les essais" in (root / "observatoires/housing/method/index.html").read_text("utf-8")


def test_a_page_that_is_no_more_goes_with_its_files(write: Write, observatory: Trial, root: Path) -> None:
    write()
    observatory.remove("observatories/housing/index.md")
    observatory.replace("observatories/housing/observatory.yaml", "[index, method]", "[method]")
    build(observatory.workplace)
    report = write()
    assert report.removed > 10
    assert not (root / "observatoires/housing/index").exists()
    assert not find_dead_links(root, BASE), "pages that led to it were drawn again"


def test_files_of_others_are_left_alone(write: Write, root: Path) -> None:
    write()
    (root / "CNAME").write_text("exemple.test")
    write(languages=("fr",))
    assert (root / "CNAME").read_text() == "exemple.test"


def test_two_processes_draw_what_one_does(write: Write, root: Path) -> None:
    write()
    alone = read_tree(root)
    write(png=True)
    write(workers=2)
    together = read_tree(root)
    assert set(together) == set(alone)
    # A card is drawn with the typefaces that its process knows, and another test may have made this one know more.
    assert {path for path in alone if together[path] != alone[path] and "apercus/" not in path} == set()


def test_an_export_that_is_killed_leaves_a_tree_that_is_whole(
    write: Write, observatory: Trial, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    observatory.replace("observatories/housing/index.md", "de quoi loger chacun", "de quoi loger tout le monde")
    build(observatory.workplace)
    genuine, count = os.replace, 0

    def dying(source: os.PathLike[str], target: os.PathLike[str]) -> None:
        nonlocal count
        count += "making" in os.fspath(source)
        if count == 7:
            raise KeyboardInterrupt
        genuine(source, target)

    monkeypatch.setattr(os, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        write()
    monkeypatch.setattr(os, "replace", genuine)
    assert not find_dead_links(root, BASE)
    roll_back(observatory.workplace)
    write()
    pages = [path.read_text("utf-8") for path in root.rglob("*.html")]
    assert not [page for page in pages if "de quoi loger tout le monde" in page], "what was half in place is gone"
    assert not find_dead_links(root, BASE)


def test_a_file_that_went_missing_is_written_again(write: Write, root: Path) -> None:
    write()
    page = root / "observatoires/housing/index/commune/99001/index.html"
    page.unlink()
    assert write().drawn == 1
    assert page.is_file()


def test_a_page_that_cannot_be_drawn_stays_as_it_was(
    write: Write, observatory: Trial, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    page = root / "observatoires/housing/index/index.html"
    before = page.read_text("utf-8")
    observatory.replace("observatories/housing/index.md", "de quoi loger chacun", "de quoi loger tout le monde")
    build(observatory.workplace)

    def fail(*_: object) -> str:
        raise BeffroiError(fault("unknown-figure", name="2", instead_of="2", available=()))

    with monkeypatch.context() as patch:
        patch.setattr(observatories, "render_page", fail)
        report = write()
    assert {one.code for one in report.faults} == {"unknown-figure"}
    assert page.read_text("utf-8") == before
    assert not write().faults
    assert "tout le monde" in page.read_text("utf-8")


def test_a_source_that_refuses_is_in_no_list(write: Write, observatory: Trial, root: Path) -> None:
    write()
    page = "observatoires/housing/index/commune/99001/index.html"
    assert "noindex" not in (root / page).read_text("utf-8")
    observatory.replace("sources/town/dwellings/source.yaml", "use: open\n", "use: open\nlegal: {indexing: refused}\n")
    build(observatory.workplace)
    write()
    for path in (page, "indicateurs/housing/dwellings/index.html", "explorer/housing/dwellings/index.html",
                 "sources/town/dwellings/index.html"):  # fmt: skip
        assert '<meta name="robots" content="noindex">' in (root / path).read_text("utf-8"), path
    addresses = [each.text or "" for each in ET.parse(root / "sitemap.xml").iter(f"{MAP}loc")]
    assert f"{BASE}/observatoires/housing/method/" in addresses
    assert not [each for each in addresses if "/index/commune/" in each or "dwellings" in each]
    robots = (root / "robots.txt").read_text("utf-8")
    assert "Disallow: /agence/donnees/housing/dwellings." in robots
    assert "noindex" not in (root / "observatoires/housing/method/index.html").read_text("utf-8")


def test_feeds_tell_what_changed_between_editions(write: Write, observatory: Trial, root: Path) -> None:
    write()
    first = ET.parse(root / "flux.xml").getroot()
    observatory.replace("observatories/housing/method.md", "Tout est inventé.", "Tout est inventé, pour les essais.")
    build(observatory.workplace)
    write()
    feed = ET.parse(root / "flux.xml").getroot()
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 2
    assert "housing/method" in (entries[0].findtext(f"{ATOM}content") or "")
    ids = [each.findtext(f"{ATOM}id") for each in entries]
    assert ids[1] == first.find(f"{ATOM}entry").findtext(f"{ATOM}id"), "an edition keeps its name"  # type: ignore[union-attr]
    assert len(set(ids)) == 2
    assert len(ET.parse(root / "observatoires/housing/flux.xml").getroot().findall(f"{ATOM}entry")) == 2


def test_what_cannot_be_asked_is_said(write: Write, root: Path) -> None:
    for options, code in (({"languages": ("de",)}, "export-language-unknown"),):
        with pytest.raises(BeffroiError) as caught:
            write(**options)
        assert caught.value.faults[0].code == code
    root.mkdir(exist_ok=True)
    (root / "these.odt").write_text("un travail de trois ans")
    with pytest.raises(BeffroiError) as caught:
        write()
    assert caught.value.faults[0].code == "export-folder-taken"
    (root / "these.odt").unlink()
    with Tree(root).hold(), pytest.raises(BeffroiError) as caught:
        write()
    assert caught.value.faults[0].code == "export-running"
