"""Corrections and the way to check, as pages and files: what may be told, in both languages, and nothing else."""

import csv
import io
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from beffroi.access import partner
from beffroi.errors import BeffroiError
from beffroi.lake.trees import Leaf, Step, climb
from beffroi.observe import Atlas
from beffroi.observe.corrections import list_corrected, notice_corrections
from beffroi.observe.standings import Reading
from beffroi.publish import Assets, Site
from beffroi.publish.exports import list_sheets
from beffroi.publish.notices import compare_editions, write_feed
from beffroi.publish.pages import Visit, render_entry
from beffroi.publish.proofs import (
    PROGRAM,
    describe_manifest,
    prove,
    render_check,
    render_corrections,
    write_corrections,
    write_manifest,
)
from tests.observe.corrected import MANIFEST, RATE, SECRET, correct
from tests.observe.invented import build_release
from tests.observe.paged import build_paged_release


@pytest.fixture(scope="module")
def site() -> Site:
    assets = Assets("main.js", "main.css", "face.woff2", {}, "test", Path("fonts"))
    return Site(Atlas(correct(build_release())), assets, "")


def test_the_page_tells_each_correction_with_its_reason(site: Site) -> None:
    page = render_corrections(site, Visit("fr", "/corrections"))
    assert page.index("2 mars 2026") < page.index("10 janvier 2026"), "the latest first"
    assert "Fichier mal lu. (2021)" in page
    assert "Raison non déclarée\u202f:" in page or "Raison non déclarée\u00a0:" in page
    assert "bbbbbbbbbbbb…" in page
    assert "2 changés, 1 désormais sous secret" in page
    assert "Nom 99901" in page
    english = render_corrections(site, Visit("en", "/corrections"))
    assert "Misread file." in english
    assert "Reason not declared" in english


def test_nobody_is_told_of_what_was_another_s(site: Site) -> None:
    page = render_corrections(site, Visit("fr", "/corrections"))
    assert "1er avril" not in page
    assert str(int(SECRET)) not in page.replace("\u202f", "")
    assert str(int(SECRET)).encode() not in write_corrections(site.atlas, "csv")
    own = Atlas(correct(build_release(partner("ddtm"))))
    assert [each.on for each in list_corrected(own, "fr")] == ["2026-04-01", "2026-03-02", "2026-01-10"]


def test_without_corrections_the_page_says_so() -> None:
    assets = Assets("main.js", "main.css", "face.woff2", {}, "test", Path("fonts"))
    bare = Site(Atlas(build_release()), assets, "")
    assert "Aucun chiffre publié n’a été corrigé" in render_corrections(bare, Visit("fr", "/corrections"))
    assert "avant que les éditions" in render_check(bare, Visit("fr", "/verifier"))
    with pytest.raises(BeffroiError, match="manifest-absent"):
        describe_manifest(bare.atlas.release)
    with pytest.raises(BeffroiError, match="manifest-absent"):
        prove(bare.atlas.release, "a" * 64)


def test_files_have_every_figure_with_its_day(site: Site, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(write_corrections(site.atlas, "csv").decode())))
    assert len(rows) == 5
    assert rows[0] == {
        "on": "2026-01-10", "edition": "000001", "indicator": RATE, "level": "commune", "territory": "99901",
        "label": "Nom 99901", "period": "2021", "vintage": "2025", "kind": "changed", "before": "7.0", "after": "8.5",
    }  # fmt: skip
    assert (rows[-1]["before"], rows[-1]["after"]) == ("", "") or rows[-2]["before"] == ""
    (tmp_path / "c.parquet").write_bytes(write_corrections(site.atlas, "parquet"))
    assert pq.read_table(tmp_path / "c.parquet").num_rows == 5
    with pytest.raises(BeffroiError, match="file-format-unknown"):
        write_corrections(site.atlas, "xlsx")


def test_an_indicator_tells_its_own(site: Site) -> None:
    page = render_entry(site, Visit("fr"), "indicator", RATE)
    assert "Fichier mal lu." in page
    assert "Fichier mal lu." not in render_entry(site, Visit("fr"), "indicator", "mobility/accidents")


def test_a_figure_tells_the_latest_correction_of_what_it_shows(site: Site) -> None:
    atlas, measure = site.atlas, site.atlas.measure(RATE)
    gazetteer = atlas.gazetteer(2025, "fr")

    def told(code: str, period: str = "2021", *, counted: bool = False) -> tuple[str, ...]:
        place = gazetteer.places[f"commune:{code}"]
        value = atlas.value(measure, place, period, 2025)
        assert value is not None
        return notice_corrections(atlas, [Reading(measure, place, value)], 2025, "fr", counted=counted)

    codes = [key.partition(":")[2] for key in gazetteer.places if key.startswith("commune:")]
    with_value = [code for code in codes if atlas.value(measure, gazetteer.places[f"commune:{code}"], "2021", 2025)]
    touched = [code for code in with_value if told(code)]
    assert set(touched) <= {"99901", "99902", "99903"}
    for code in with_value:
        assert "2 mars 2026" in told(code, counted=True)[0]
        assert "Fichier mal lu." in told(code, counted=True)[0]


def test_the_manifest_is_checked_by_twenty_lines_of_python(site: Site, tmp_path: Path) -> None:
    program, manifest, file = tmp_path / "check.py", tmp_path / "manifest.json", tmp_path / "workbook.xlsx"
    program.write_text(PROGRAM)
    assert len(PROGRAM.splitlines()) <= 22
    file.write_bytes(b"a workbook of the export")
    digest = sha256(file.read_bytes()).hexdigest()
    files = {f"donnees/{number}.xlsx": sha256(str(number).encode()).hexdigest() for number in range(6)}
    manifest.write_bytes(write_manifest(site.atlas.release, {**files, "donnees/housing.xlsx": digest}))

    def run() -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", program, manifest, file], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    code, said = run()
    assert (code, said.split()[0]) == (0, "donnees/housing.xlsx")
    altered = json.loads(manifest.read_text())
    altered["export"]["leaves"][0]["sha256"] = digest
    manifest.write_text(json.dumps(altered))
    assert run() == (1, "the manifest was altered\n")
    manifest.write_bytes(write_manifest(site.atlas.release))
    assert run() == (1, "unknown file\n")


def test_a_proof_leads_from_a_file_to_the_root(site: Site) -> None:
    found = prove(site.atlas.release, "c" * 64)
    steps = [Step(each["side"], each["sha256"]) for each in found["steps"]]
    assert climb(Leaf(found["name"], found["sha256"]), steps) == found["root"] == MANIFEST.root
    assert found["of"] == f"series:{RATE}"
    with pytest.raises(BeffroiError, match="leaf-unknown"):
        prove(site.atlas.release, "f" * 64)


def test_the_page_shows_the_root_and_the_program(site: Site) -> None:
    page = render_check(site, Visit("fr", "/verifier"))
    assert MANIFEST.root in page
    assert "hashlib" in page
    assert 'href="/manifest.json"' in page


def test_the_feed_names_what_an_edition_corrected(site: Site) -> None:
    releases = [correct(build_release(edition=number)) for number in ("000001", "000002")]
    renewals = compare_editions(releases)
    assert [renewal.corrected for renewal in renewals if not renewal.first] == [(RATE,)]
    feed = write_feed(site.atlas.catalogue, renewals, "fr", lambda path: path).decode()
    assert "Chiffres corrigés" in feed
    assert "/corrections" in feed


def test_they_are_exported() -> None:
    sheets = list_sheets(Atlas(correct(build_paged_release())))
    assert {"/corrections", "/verifier", "/manifest.json"} <= {sheet.path for sheet in sheets}
    assert {"/corrections.csv", "/corrections.parquet"} <= {file for sheet in sheets for file in sheet.files}
