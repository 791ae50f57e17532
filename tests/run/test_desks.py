"""The desk shows pages as they are written over what was built, tells faults, and never loses the last good page."""

from pathlib import Path

import pytest

from beffroi.access import BUILDER, PUBLIC
from beffroi.catalog.writing import propose
from beffroi.errors import BeffroiError
from beffroi.observe import Atlas
from beffroi.observe.pages import observe_page
from beffroi.run import build, open_workplace
from beffroi.run.desks import Desk
from beffroi.run.workbooks import Answers, compose_files, survey
from beffroi.settings import Settings
from tests.run.sittings import PAGE, build_sitting, copy_sitting, write_workbook


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_sitting(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("beffroi.run.desks._STILL", 0.0)
    return Desk(copy_sitting(built, tmp_path))


def write(desk: Desk, text: str, page: str = "index.md") -> None:
    (desk.root / "observatories/homes" / page).write_text(text, "utf-8")


def shown(desk: Desk, page: str = "homes/index") -> str:
    view = observe_page(Atlas(desk.release(PUBLIC)), page, "fr")
    return view.title + " ".join(getattr(part, "markdown", "") for part in view.parts)


def codes(desk: Desk, page: str = "homes/index") -> list[str]:
    return [found.code for found in desk.sketch().of_pages.get(page, ())]


def test_a_page_is_that_of_its_text(desk: Desk) -> None:
    first = desk.sketch()
    assert desk.sketch() is first, "nothing is read again while nothing changed"
    write(desk, PAGE.replace("compte", "a"))
    assert "{{ here }} a {{" in shown(desk)
    assert desk.sketch().version != first.version
    assert desk.release(PUBLIC).edition.id == desk.sketch().version
    assert not desk.sketch().pending, "a page needs no build"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("housing/dwellings }}", "housing/dwelling }}", "undeclared-indicator"),
        ("```ranking", "```rankin", "unknown-block"),
        ("title: Se loger", "titre: Se loger", "unknown-key"),
        ("indicator: housing/dwellings", "indicator: housing/dwellings\nperiod: '1999'", "figure-period-absent"),
    ],
)
def test_a_page_at_fault_keeps_its_last_good_text(desk: Desk, old: str, new: str, code: str) -> None:
    write(desk, PAGE.replace("compte", "a"))
    assert "{{ here }} a {{" in shown(desk)
    write(desk, PAGE.replace(old, new))
    assert codes(desk) == [code]
    assert "{{ here }} a {{" in shown(desk), "the last good text is that of this sitting"
    write(desk, PAGE)
    assert codes(desk) == []


def test_a_page_that_never_was_good_has_an_address_all_the_same(desk: Desk) -> None:
    write(desk, "---\ntitle: Neuve\n---\n\n{{ housing/nope }}\n", "rents.md")
    declared = desk.root / "observatories/homes/observatory.yaml"
    declared.write_text(declared.read_text("utf-8") + "  - rents\n", "utf-8")
    assert codes(desk, "homes/rents") == ["undeclared-indicator"]
    assert shown(desk, "homes/rents") == "homes/rents"
    assert "Se loger" in shown(desk)


def test_what_a_page_shows_must_be_built(desk: Desk) -> None:
    text = (desk.root / "indicators/housing/dwellings.yaml").read_text("utf-8")
    (desk.root / "indicators/housing/all.yaml").write_text(text, "utf-8")
    write(desk, PAGE.replace("housing/dwellings }}", "housing/all }}"))
    assert desk.sketch().pending == ("indicators/housing/all",)
    assert codes(desk) == ["page-awaits-build"]
    build(open_workplace(desk.root, Settings(offline=True)))
    assert desk.sketch().pending == ()
    assert codes(desk) == []
    assert "housing/all" in shown(desk)


@pytest.mark.parametrize(
    ("file", "old", "new", "name"),
    [
        ("workspace.yaml", "publisher: À compléter", "publisher: Agence", "workspace"),
        ("vocabulary/units.yaml", "symbol:", "decimals: 1\n  symbol:", "vocabulary/units"),
        ("indicators/housing/dwellings.yaml", "title:", "note: À voir.\ntitle:", "indicators/housing/dwellings"),
        ("sources/census/dwellings/table.sql", "select", "select -- tout", "sources/census/dwellings"),
    ],
)
def test_what_a_build_would_take_up_is_named(desk: Desk, file: str, old: str, new: str, name: str) -> None:
    text = (desk.root / file).read_text("utf-8")
    assert old in text
    (desk.root / file).write_text(text.replace(old, new, 1), "utf-8")
    assert name in desk.sketch().pending


def test_a_workspace_that_cannot_be_read_shows_what_it_had(desk: Desk) -> None:
    (desk.root / "workspace.yaml").write_text("format: [", "utf-8")
    assert "Se loger" in shown(desk)
    assert codes(desk)
    assert desk.sketch().catalog is None


def test_a_text_is_tried_without_being_written(desk: Desk) -> None:
    file = "observatories/homes/index.md"
    release, faults = desk.try_page("homes/index", [propose(desk.root, file, PAGE.replace("compte", "essaie"))])
    assert faults == ()
    assert release is not None
    assert "essaie" in str(release.catalogue["pages"]["homes/index"])
    assert "essaie" not in str(desk.release(BUILDER).catalogue["pages"]["homes/index"])
    release, faults = desk.try_page("homes/index", [propose(desk.root, file, PAGE + "\n<b>gras</b>\n")])
    assert release is None
    assert [(found.code, str(found.place)) for found in faults] == [("page-html", f"{file}:15")]


def test_pages_of_partners_stay_theirs(desk: Desk) -> None:
    workspace = desk.root / "workspace.yaml"
    more = "audiences:\n  dreal:\n    title: DREAL\n    token_env: DREAL_TOKEN\n"
    workspace.write_text(workspace.read_text("utf-8") + more, "utf-8")
    declared = desk.root / "observatories/homes/observatory.yaml"
    declared.write_text(declared.read_text("utf-8") + "audience: partner:dreal\n", "utf-8")
    assert "homes/index" not in desk.release(PUBLIC).catalogue["pages"]
    assert "homes/index" in desk.release(BUILDER).catalogue["pages"]


def answers(**more: object) -> Answers:
    given = {
        "title": "Permis de construire",
        "producer": "Essai",
        "licence": "lov2",
        "theme": "housing",
        "unit": "dwellings",
        "definition": "Permis accordés dans l'année.",
        "adds_up": True,
        "vintage": 2025,
    }
    return Answers(**{**given, **more})  # type: ignore[arg-type]  # fmt: skip


def test_a_workbook_becomes_a_source_that_builds(desk: Desk) -> None:
    base = desk.release(BUILDER)
    codes_ = sorted(row["code"] for row in base.territories().to_pylist() if row["level"] == "commune")
    rows: list[list[object]] = [["Code", "2022", "2023"]]
    rows += [[code, number, number + 0.5] for number, code in enumerate(codes_, 1)]
    rows += [["Total", 1000, 2000], ["00999", 3, "s"]]
    book = ("../Permis d'ici.xlsx", write_workbook(rows))
    found, vintage = survey(base, book[1])
    assert (vintage, found.known, len(found.refused)) == (2025, len(codes_), 2)
    files = compose_files(found, answers(), book, frozenset({"housing/permis_de_construire"}))
    assert sorted(files) == [
        "indicators/housing/permis_de_construire_2.yaml", "sources/deposits/permis_de_construire_2/permis_d_ici.xlsx",
        "sources/deposits/permis_de_construire_2/source.yaml", "sources/deposits/permis_de_construire_2/table.sql",
    ]  # fmt: skip
    changes = [propose(desk.root, file, content) for file, content in files.items()]
    assert desk.examine(changes).faults == ()
    from beffroi.catalog.writing import write_changes

    write_changes(desk.root, changes)
    report = build(open_workplace(desk.root, Settings(offline=True)))
    assert not report.own_faults, "\n".join(fault.render() for fault in report.own_faults)
    series = desk.workplace.lake.release(BUILDER).series(
        "housing/permis_de_construire_2", level="commune", period="2023"
    )
    made = dict(zip(series["territory"].to_pylist(), series["value"].to_pylist(), strict=True))
    assert made[codes_[0]] == 1.5
    whole = desk.workplace.lake.release(BUILDER).series(
        "housing/permis_de_construire_2", level="grouping", period="2022"
    )
    assert whole["value"].to_pylist() == [sum(range(1, len(codes_) + 1))], "the total row is not counted twice"


def test_nothing_was_ever_built(tmp_path: Path) -> None:
    from beffroi.catalog import new_workspace

    new_workspace(tmp_path / "new", "Neuf")
    with pytest.raises(BeffroiError) as raised:
        Desk(open_workplace(tmp_path / "new", Settings())).sketch()
    assert raised.value.faults[0].code == "no-edition"
