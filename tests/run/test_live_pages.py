"""Pages being written are shown over what was built, their faults told, and the last good page is never lost."""

from pathlib import Path

import pytest

from beffroi.access import BUILDER, PUBLIC
from beffroi.catalog.writing import propose
from beffroi.errors import BeffroiError
from beffroi.observe import Atlas
from beffroi.observe.pages import observe_page
from beffroi.run import Item, build, open_workplace
from beffroi.run.columns import list_values
from beffroi.run.live_pages import LivePages
from beffroi.run.workbooks import Answers, compose_files, survey
from beffroi.settings import Settings
from tests.run.sittings import PAGE, build_sitting, copy_sitting, write_workbook


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_sitting(tmp_path_factory.mktemp("live"))


@pytest.fixture
def live(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LivePages:
    monkeypatch.setattr("beffroi.run.live_pages._STILL", 0.0)
    return LivePages(copy_sitting(built, tmp_path))


def write(live: LivePages, text: str, page: str = "index.md") -> None:
    (live.root / "observatories/homes" / page).write_text(text, "utf-8")


def shown(live: LivePages, page: str = "homes/index") -> str:
    view = observe_page(Atlas(live.release(PUBLIC)), page, "fr")
    return view.title + " ".join(getattr(part, "markdown", "") for part in view.parts)


def codes(live: LivePages, page: str = "homes/index") -> list[str]:
    return [found.code for found in live.sketch().of_pages.get(page, ())]


def test_a_page_is_that_of_its_text(live: LivePages) -> None:
    first = live.sketch()
    assert live.sketch() is first, "nothing is read again while nothing changed"
    write(live, PAGE.replace("compte", "a"))
    assert "{{ here }} a {{" in shown(live)
    assert live.sketch().version != first.version
    assert live.release(PUBLIC).edition.id == live.sketch().version
    assert not live.sketch().pending, "a page needs no build to be seen by who writes it"
    assert live.sketch().unpublished == ("homes/index",), "it needs one to be seen by others"
    build(open_workplace(live.root, Settings(offline=True)))
    assert live.sketch().unpublished == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("housing/dwellings }}", "housing/dwelling }}", "undeclared-indicator"),
        ("```ranking", "```rankin", "unknown-block"),
        ("title: Se loger", "titre: Se loger", "unknown-key"),
        ("indicator: housing/dwellings", "indicator: housing/dwellings\nperiod: '1999'", "figure-period-absent"),
    ],
)
def test_a_page_at_fault_keeps_its_last_good_text(live: LivePages, old: str, new: str, code: str) -> None:
    write(live, PAGE.replace("compte", "a"))
    assert "{{ here }} a {{" in shown(live)
    write(live, PAGE.replace(old, new))
    assert codes(live) == [code]
    assert "{{ here }} a {{" in shown(live), "the last good text is that of this sitting"
    write(live, PAGE)
    assert codes(live) == []


def test_a_page_that_never_was_good_has_an_address_all_the_same(live: LivePages) -> None:
    write(live, "---\ntitle: Neuve\n---\n\n{{ housing/nope }}\n", "rents.md")
    declared = live.root / "observatories/homes/observatory.yaml"
    declared.write_text(declared.read_text("utf-8") + "  - rents\n", "utf-8")
    assert codes(live, "homes/rents") == ["undeclared-indicator"]
    assert shown(live, "homes/rents") == "homes/rents"
    assert "Se loger" in shown(live)


def test_what_readers_have_not_seen_yet_is_named(live: LivePages) -> None:
    assert live.sketch().unpublished == ()
    declared = live.root / "observatories/homes/observatory.yaml"
    declared.write_text(declared.read_text("utf-8").replace("title: Habiter", "title: Se loger"), "utf-8")
    assert live.sketch().unpublished == ("homes",)
    write(live, PAGE + "\n{{ housing/nope }}\n")
    assert "homes/index" not in live.sketch().unpublished, "what is at fault stays as it was"
    for path in declared.parent.iterdir():
        path.unlink()
    assert live.sketch().unpublished == ("homes", "homes/index")


def test_what_a_page_shows_must_be_built(live: LivePages) -> None:
    text = (live.root / "indicators/housing/dwellings.yaml").read_text("utf-8")
    (live.root / "indicators/housing/all.yaml").write_text(text, "utf-8")
    write(live, PAGE.replace("housing/dwellings }}", "housing/all }}"))
    assert live.sketch().pending == ("indicators/housing/all",)
    assert codes(live) == ["page-awaits-build"]
    build(open_workplace(live.root, Settings(offline=True)))
    assert live.sketch().pending == ()
    assert codes(live) == []
    assert "housing/all" in shown(live)


@pytest.mark.parametrize(
    ("file", "old", "new", "name"),
    [
        ("workspace.yaml", "publisher: À compléter", "publisher: Agence", "workspace"),
        ("vocabulary/units.yaml", "symbol:", "decimals: 1\n  symbol:", "vocabulary/units"),
        ("indicators/housing/dwellings.yaml", "title:", "note: À voir.\ntitle:", "indicators/housing/dwellings"),
        ("sources/census/dwellings/table.sql", "select", "select -- tout", "sources/census/dwellings"),
    ],
)
def test_what_a_build_would_take_up_is_named(live: LivePages, file: str, old: str, new: str, name: str) -> None:
    text = (live.root / file).read_text("utf-8")
    assert old in text
    (live.root / file).write_text(text.replace(old, new, 1), "utf-8")
    assert name in live.sketch().pending


def test_a_workspace_that_cannot_be_read_shows_what_it_had(live: LivePages) -> None:
    (live.root / "workspace.yaml").write_text("format: [", "utf-8")
    assert "Se loger" in shown(live)
    assert codes(live)
    assert live.sketch().catalog is None


def test_a_text_is_tried_without_being_written(live: LivePages) -> None:
    file = "observatories/homes/index.md"
    release, faults = live.try_page("homes/index", [propose(live.root, file, PAGE.replace("compte", "essaie"))])
    assert faults == ()
    assert release is not None
    assert "essaie" in str(release.catalogue["pages"]["homes/index"])
    assert "essaie" not in str(live.release(BUILDER).catalogue["pages"]["homes/index"])
    release, faults = live.try_page("homes/index", [propose(live.root, file, PAGE + "\n<b>gras</b>\n")])
    assert release is None
    assert [(found.code, str(found.place)) for found in faults] == [("page-html", f"{file}:15")]


def test_pages_of_partners_stay_theirs(live: LivePages) -> None:
    workspace = live.root / "workspace.yaml"
    more = "audiences:\n  dreal:\n    title: DREAL\n    token_env: DREAL_TOKEN\n"
    workspace.write_text(workspace.read_text("utf-8") + more, "utf-8")
    declared = live.root / "observatories/homes/observatory.yaml"
    declared.write_text(declared.read_text("utf-8") + "audience: partner:dreal\n", "utf-8")
    assert "homes/index" not in live.release(PUBLIC).catalogue["pages"]
    assert "homes/index" in live.release(BUILDER).catalogue["pages"]


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


def test_a_workbook_becomes_a_source_that_builds(live: LivePages) -> None:
    base = live.release(BUILDER)
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
    changes = [propose(live.root, file, content) for file, content in files.items()]
    assert live.examine(changes).faults == ()
    from beffroi.catalog.writing import write_changes

    write_changes(live.root, changes)
    report = build(open_workplace(live.root, Settings(offline=True)))
    assert not report.own_faults, "\n".join(fault.render() for fault in report.own_faults)
    series = live.workplace.lake.release(BUILDER).series(
        "housing/permis_de_construire_2", level="commune", period="2023"
    )
    made = dict(zip(series["territory"].to_pylist(), series["value"].to_pylist(), strict=True))
    assert made[codes_[0]] == 1.5
    whole = live.workplace.lake.release(BUILDER).series(
        "housing/permis_de_construire_2", level="grouping", period="2022"
    )
    assert whole["value"].to_pylist() == [sum(range(1, len(codes_) + 1))], "the total row is not counted twice"


def test_the_values_of_a_column_are_told_with_their_rows(live: LivePages) -> None:
    found = list_values(live.workplace, "census/dwellings", "year")
    assert [value for value, _ in found] == sorted(value for value, _ in found)
    assert all(rows > 0 for _, rows in found)
    assert list_values(live.workplace, "census/dwellings", "nope") == []
    assert list_values(live.workplace, "nope", "year") == []


def test_a_column_of_too_many_values_has_no_categories(live: LivePages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beffroi.run.columns.MOST", 1)
    assert list_values(live.workplace, "census/dwellings", "year") == []


def test_a_build_tells_what_became_of_each_thing(live: LivePages) -> None:
    write(live, PAGE.replace("compte", "a"))
    heard: list[Item] = []
    report = build(open_workplace(live.root, Settings(offline=True)), on_item=heard.append)
    assert heard == report.items
    assert [(item.name, item.state) for item in heard if item.stage == "page"] == [("homes/index", "built")]


def test_nothing_was_ever_built(tmp_path: Path) -> None:
    from beffroi.catalog import new_workspace

    new_workspace(tmp_path / "new", "Neuf")
    with pytest.raises(BeffroiError) as raised:
        LivePages(open_workplace(tmp_path / "new", Settings())).sketch()
    assert raised.value.faults[0].code == "no-edition"
