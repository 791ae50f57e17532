"""Who writes from a browser: let in from this machine alone, shown what changes, and never anywhere else."""

import dataclasses
import os
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from beffroi.errors import BeffroiError
from beffroi.run import Workplace
from beffroi.serve import create_app
from beffroi.serve.authoring import doors, routes
from beffroi.serve.running import run_server
from tests.run.sittings import PAGE, write_workbook
from tests.serve.authors import EDIT, HERE, KEY, OWN, PAGE_PATH, Author


def test_the_key_serves_once(author: Author) -> None:
    first = author.client.get(f"/redaction?cle={KEY}")
    assert first.status_code == 303
    assert KEY not in first.headers["location"]
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert author.client.get("/redaction").status_code == 200
    author.client.cookies.clear()
    assert author.client.get(f"/redaction?cle={KEY}").status_code == 403
    assert author.client.get("/redaction").status_code == 403


@pytest.mark.parametrize("path", ["/redaction", EDIT, "/redaction/classeurs", "/en/redaction", "/redaction/nulle-part"])
def test_nobody_comes_in_without_the_key(author: Author, path: str) -> None:
    for answer in (author.client.get(path), author.client.get(f"{path}?cle=autre"), author.send(path)):
        assert answer.status_code == 403
        assert "beffroi serve --edit" in answer.text
    author.client.cookies.set("beffroi_redaction_8000", "devine")
    answer = author.client.get(path, headers={"accept": "application/json"})
    assert answer.json()["faults"][0]["code"] == "writing-closed"


def test_who_only_watches_writes_nothing(workplace: Workplace, assets_folder: Path) -> None:
    watcher = Author(workplace, assets_folder, edits=False)
    assert watcher.client.get(f"/redaction?cle={KEY}").status_code == 403
    assert watcher.client.get("/redaction?cle=None").status_code == 403
    page = watcher.client.get("/observatoires/homes/index").text
    assert "bf-bench" in page
    assert "/redaction/pages" not in page
    assert watcher.client.get("/redaction/etat").status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:8000", "127.0.0.1:8001", "127.0.0.1", "", "[::1]:8000"]
)
@pytest.mark.parametrize("path", ["/", "/redaction", "/observatoires/homes/index", "/assets/main-1.js", "/health"])
def test_another_name_of_this_machine_gets_nothing(inside: Author, host: str, path: str) -> None:
    answer = inside.client.get(path, headers={"host": host})
    assert answer.status_code == 403
    assert "Val d'Essai" not in answer.text
    assert answer.headers["content-type"].startswith("text/plain"), "host-refused"


FOREIGN = (
    {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "https://127.0.0.1:8000"}, {},
    {"origin": "http://127.0.0.1:9000"}, {"origin": "http://localhost:8000"}, {"sec-fetch-site": "cross-site"},
    {"origin": "null", "sec-fetch-site": "same-site"},
)  # fmt: skip


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_page_writes_nothing(inside: Author, headers: dict[str, str]) -> None:
    form = {"laissez_passer": inside.studio.pass_, "texte": "x", "vu": inside.seen(), "faire": "relire"}
    for path in (EDIT, "/redaction/construire", "/redaction/classeurs", "/redaction/essais/homes/index",
                 "/redaction/images/nouvelle?page=homes/index", "/redaction/observatoires/homes/supprimer",
                 "/redaction/pages/homes/index/supprimer", "/redaction/pages/homes/index/renommer",
                 "/redaction/textes/indicators/housing/dwellings.yaml"):  # fmt: skip
        answer = inside.client.post(path, data=form, headers={**headers, "accept": "application/json"})
        assert answer.status_code == 403
        assert answer.json()["faults"][0]["code"] == "writing-from-elsewhere"
    assert not inside.studio.building


@pytest.mark.parametrize("given", ["", "autre", None])
def test_a_form_without_its_pass_writes_nothing(inside: Author, given: str | None) -> None:
    form = {
        "texte": "x",
        "vu": inside.seen(),
        "faire": "relire",
        **({} if given is None else {"laissez_passer": given}),
    }
    answer = inside.client.post(EDIT, data=form, headers=OWN)
    assert answer.status_code == 403
    assert inside.text() == PAGE


def test_other_methods_and_addresses_are_refused(inside: Author) -> None:
    for answer, allowed in (
        (inside.client.put(EDIT, headers=OWN), "GET, HEAD, POST"),
        (inside.client.get("/redaction/construire"), "POST"),
        (inside.send("/redaction/apercus/homes/index"), "GET, HEAD"),
    ):
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert inside.client.get("/redaction/rien").status_code == 404
    assert inside.client.get("/redaction/propositions/rien").status_code == 404, "proposal-gone"
    assert inside.client.post("/observatoires/homes/index", headers=OWN).status_code == 405


@pytest.mark.parametrize(
    "page", ["../../etc/passwd", "homes/../../x", "homes%2f..%2f..%2fx", "homes/x/y", "homes/.index"]
)
def test_no_address_leads_out(inside: Author, page: str) -> None:
    before = sorted(inside.root.parent.rglob("*.md"))
    assert inside.client.get(f"/redaction/pages/{page}").status_code in (403, 404)
    assert inside.send(f"/redaction/pages/{page}", texte="x", vu="", faire="relire").status_code in (403, 404, 405)
    answer = inside.send("/redaction/inserer?indicator=housing/dwellings", page=page)
    assert answer.status_code in (403, 404)
    answer = inside.send("/redaction/pages/nouvelle", observatoire=page, titre="x")
    assert answer.status_code in (400, 403, 404)
    for form in (f"/redaction/pages/{page}/supprimer", f"/redaction/observatoires/{page}/supprimer",
                 f"/redaction/images/homes/{page}/oter", f"/redaction/textes/observatories/{page}.yaml",
                 f"/redaction/images/nouvelle?page={page}"):  # fmt: skip
        assert inside.send(form, texte="x", vu="", faire="relire").status_code in (403, 404, 405), form
        assert inside.client.get(form).status_code in (400, 403, 404), form
    assert sorted(inside.root.parent.rglob("*.md")) == before


@pytest.mark.parametrize("name", ["../x", "A", "1", "a/b", "a.md", "x\n", "é"])
def test_a_name_is_a_name(inside: Author, name: str) -> None:
    for path, more in (
        ("/redaction/pages/nouvelle", {"observatoire": "homes"}),
        ("/redaction/observatoires/nouveau", {}),
    ):
        answer = inside.send(path, titre="x", resume="y", nom=f" {name}", **more)
        assert (answer.status_code, "name-refused" in answer.text or name == "x\n") == (400, True) or name == "x\n"


def test_a_link_is_not_followed(inside: Author, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("un secret", "utf-8")
    os.symlink(secret, inside.root / "observatories/homes/linked.md")
    answer = inside.client.get("/redaction/pages/homes/linked")
    assert answer.status_code == 403
    assert "un secret" not in answer.text
    assert "file-outside" in answer.text


def test_what_is_sent_is_bounded(inside: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = inside.send(EDIT, texte="x" * 700_000, vu="", faire="relire")
    assert answer.status_code == 413
    monkeypatch.setattr(doors, "_LARGEST_FORM", 1000)
    answer = inside.send(EDIT, texte="x" * 2000)
    assert (answer.status_code, "form-too-large" in answer.text) == (413, True)
    assert inside.text() == PAGE


def test_nothing_is_written_before_it_is_saved(inside: Author) -> None:
    rough = PAGE.replace("compte", "a").replace("levels:\n  - commune", "levels: [commune]") + "\n\n\n"
    proposal = inside.read_over(EDIT, texte=rough.replace("\n", "\r\n"), vu=inside.seen(), faire="relire")
    shown = inside.client.get(proposal).text
    assert inside.text() == PAGE
    assert re.findall(r"<(?:del|ins)>.*?</span>(.*?)</(?:del|ins)>", shown) == [
        "{{ here }} compte {{ housing/dwellings }}.", "{{ here }} a {{ housing/dwellings }}.",
    ]  # fmt: skip
    answer = inside.send(proposal)
    assert answer.headers["location"] == f"{EDIT}?langue=fr&enregistre={PAGE_PATH}"
    assert inside.text() == PAGE.replace("compte", "a"), "canonical"
    assert inside.send(proposal).status_code == 404, "once"
    assert " a <data" in inside.client.get("/observatoires/homes/index").text


def test_what_another_saved_is_not_lost(inside: Author) -> None:
    seen = inside.seen()
    (inside.root / PAGE_PATH).write_text(PAGE.replace("compte", "de l'autre"), "utf-8")
    proposal = inside.read_over(EDIT, texte=PAGE.replace("compte", "le mien"), vu=seen, faire="relire")
    for answer in (inside.client.get(proposal), inside.send(proposal)):
        assert answer.status_code == 409
        assert "de l&#39;autre" in answer.text
        assert "le mien" in answer.text
        assert "Enregistrer</button>" not in answer.text
    assert "de l'autre" in inside.text()
    again = inside.send(proposal, reprendre="1").headers["location"]
    assert "de l&#39;autre" in inside.client.get(again).text
    inside.send(again)
    assert "le mien" in inside.text()


def test_a_text_that_is_typed_says_its_faults_and_its_page(inside: Author) -> None:
    good = inside.try_text("homes/index", PAGE.replace("compte", "essaie"))
    assert good["faults"] == []
    assert "essaie" in good["main"]
    assert good["main"].startswith("<main")
    bad = inside.try_text("homes/index", PAGE.replace("```ranking", "```rankin"))
    assert [(each["line"], each["own"], each["nearest"]) for each in bad["faults"]] == [(11, True, "ranking")]
    assert bad["main"] is None
    assert inside.text() == PAGE
    frame = inside.client.get("/redaction/apercus/homes/index")
    assert "rankin" in frame.text, "the frame has the text that was last tried"
    assert "frame-ancestors 'self'" in frame.headers["content-security-policy"]


def test_a_text_that_pages_include_is_seen_in_one_of_them(inside: Author) -> None:
    shared = inside.root / "observatories/homes/_method.md"
    shared.write_text("Comment on compte.\n", "utf-8")
    assert inside.client.get("/redaction/pages/homes/_method").status_code == 200
    assert "text-not-included" in inside.client.get("/redaction/apercus/homes/_method").text
    (inside.root / PAGE_PATH).write_text(f"{PAGE}\n```include\ntext: homes/_method\n```\n", "utf-8")
    assert "homes/_method" in inside.client.get("/redaction").text
    assert "Aperçu dans homes/index" in inside.client.get("/redaction/pages/homes/_method").text
    for text, seen in (("Autrement dit.", True), ("{{ nothing/here }}", False)):
        said = inside.try_text("homes/_method", text)
        assert (text in (said["main"] or ""), [each["line"] for each in said["faults"]]) == (seen, [] if seen else [1])
    assert shared.read_text("utf-8") == "Comment on compte.\n"


def test_a_script_in_a_text_stays_words(inside: Author) -> None:
    nasty = PAGE.replace("Se loger", "<script>alert(1)</script>") + '\n"></textarea><script>alert(2)</script>\n'
    answer = inside.send(EDIT, texte=nasty, vu=inside.seen(), faire="apercu")
    assert "<script>alert" not in answer.text
    assert "<script>alert" not in inside.client.get("/redaction/apercus/homes/index").text
    proposal = inside.read_over(EDIT, texte=nasty, vu=inside.seen(), faire="relire")
    assert "<script>alert" not in inside.client.get(proposal).text
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_faults_are_above_the_last_good_page(inside: Author) -> None:
    good = inside.client.get("/observatoires/homes/index")
    assert good.headers["cache-control"] == "no-cache"
    (inside.root / PAGE_PATH).write_text(PAGE.replace("```ranking", "```rankin"), "utf-8")
    page = inside.client.get("/observatoires/homes/index").text
    assert f"{PAGE_PATH}:11" in page
    assert "Vouliez-vous dire « ranking »" in page
    assert page.index("rankin") < page.index("<main")
    assert "compte <data" in page
    assert "Fautes : 1" in inside.client.get("/redaction").text


def test_a_page_waits_for_the_next_text(inside: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "_WAIT", 0.05)
    monkeypatch.setattr(routes, "_STEP", 0.01)
    version = inside.client.get("/redaction/etat").json()["version"]
    assert inside.client.get(f"/redaction/etat?version={version}").json()["version"] == version
    (inside.root / PAGE_PATH).write_text(PAGE + "\nFin.\n", "utf-8")
    assert inside.client.get(f"/redaction/etat?version={version}").json()["version"] != version


def test_a_page_and_an_observatory_are_made(inside: Author) -> None:
    inside.save("/redaction/pages/nouvelle", observatoire="homes", titre="Les loyers", niveau="commune")
    assert inside.text("observatories/homes/les_loyers.md").startswith("---\ntitle: Les loyers\nlevels:\n  - commune\n")
    assert inside.text("observatories/homes/observatory.yaml").startswith("# L'habitat.\n")
    assert inside.text("observatories/homes/observatory.yaml").endswith("  - index\n  - les_loyers\n")
    answer = inside.send("/redaction/pages/nouvelle", observatoire="homes", titre="Les loyers")
    assert "name-taken" in answer.text
    inside.save("/redaction/observatoires/nouveau", titre="Se déplacer", resume="Les trajets.", theme="housing")
    assert "state: draft" in inside.text("observatories/se_deplacer/observatory.yaml")
    assert inside.client.get("/observatoires/se_deplacer/index").status_code == 200
    assert not inside.studio.live.sketch().faults


def test_what_a_form_lacks_is_said(inside: Author) -> None:
    answer = inside.send("/redaction/observatoires/nouveau", titre="", resume="x")
    assert (answer.status_code, "form-incomplete" in answer.text, "Titre" in answer.text) == (400, True, True)


INDICATORS = {
    "count": ({}, "kind: count\ntable: census/dwellings\n"),
    "sum": ({"colonne": "dwellings"}, "kind: sum\ntable: census/dwellings\ncolumn: dwellings\n"),
    "ratio": (
        {"haut": "vacant_dwellings", "bas": "dwellings"},
        "kind: ratio\ntable: census/dwellings\nnumerator: vacant_dwellings\ndenominator: dwellings\n",
    ),
    "published": ({"colonne": "dwellings"}, "kind: published\ntable: census/dwellings\ncolumn: dwellings\n"),
}


@pytest.mark.parametrize("kind", INDICATORS)
def test_an_indicator_is_made_from_the_columns_of_a_table(inside: Author, kind: str) -> None:
    form, end = INDICATORS[kind]
    address = f"/redaction/indicateurs/nouveau?genre={kind}&table=census/dwellings"
    page = inside.client.get(address).text
    assert all(f'value="{column}"' in page for column in form.values())
    unit = "percent" if kind == "ratio" else "dwellings"
    inside.save(address, titre=f"Un {kind}", definition="Ce qui est compté.", theme="housing", unite=unit, **form)
    assert inside.text(f"indicators/housing/un_{kind}.yaml").endswith(f"unit: {unit}\n{end}")
    assert not inside.studio.live.sketch().faults
    assert inside.studio.live.sketch().pending == (f"indicators/housing/un_{kind}",)


def test_conditions_and_parts_are_written(inside: Author) -> None:
    address = "/redaction/indicateurs/nouveau?genre=ratio&table=census/dwellings"
    form = {"haut": "lignes:", "haut_colonne_0": "year", "haut_valeur_0": "2020; 2021", "bas": "dwellings",
            "titre": "R", "definition": "Une part.", "theme": "housing", "unite": "percent"}  # fmt: skip
    shown = inside.client.get(inside.read_over(address, **form)).text
    lines = re.findall(r"<ins>.*?</span>(.*?)</ins>", shown)
    assert lines[5:] == [
        "table: census/dwellings", "numerator:", "  count: rows", "  where:", "    year:", "      - 2020",
        "      - 2021", "denominator: dwellings",
    ]  # fmt: skip


def test_a_workbook_is_surveyed_then_made_a_source(inside: Author) -> None:
    communes = [row["code"] for row in inside.studio.site().atlas.release.territories().to_pylist()
                if row["level"] == "commune"]  # fmt: skip
    rows: list[list[object]] = [["Code", "2022", "2023"], *([code, 1, 2] for code in communes), ["00000", 5, 6]]
    given = {"classeur": ("Permis 2023.xlsx", write_workbook(rows))}
    form = {"laissez_passer": inside.studio.pass_}
    answer = inside.client.post("/redaction/classeurs", data=form, files=given, headers=OWN)
    assert answer.status_code == 303
    survey = answer.headers["location"]
    page = inside.client.get(survey).text
    assert "Codes refusés : 1" in page
    assert "inconnu dans la géographie de 2025" in page
    form = {"producteur": "DDTM", "licence": "lov2", "titre": "Permis", "definition": "Permis accordés.",
            "theme": "housing", "unite": "dwellings", "additif": "oui", "geographie": "2025"}  # fmt: skip
    inside.save(survey, **form)
    folder = inside.root / "sources/deposits/permis"
    assert sorted(path.name for path in folder.iterdir()) == ["permis_2023.xlsx", "source.yaml", "table.sql"]
    assert not inside.studio.live.sketch().faults
    assert inside.send("/redaction/construire").headers["location"] == "/redaction/construction"
    inside.wait_for_build()
    assert inside.studio.run
    assert not inside.studio.run.progress().faults
    assert (
        "housing/permis"
        in inside.studio.live.release(inside.studio.site().atlas.release.reader).catalogue["indicators"]
    )
    assert inside.studio.live.sketch().pending == ()


def test_a_file_that_is_no_workbook_is_said_at_once(inside: Author) -> None:
    given = {"classeur": ("x.xlsx", b"code;2019")}
    answer = inside.client.post(
        "/redaction/classeurs", data={"laissez_passer": inside.studio.pass_}, files=given, headers=OWN
    )
    assert (answer.status_code, "workbook-unreadable" in answer.text) == (422, True)


def test_territories_that_come_twice_are_refused(inside: Author) -> None:
    code = inside.studio.site().atlas.release.territories().to_pylist()
    commune = next(row["code"] for row in code if row["level"] == "commune")
    book = inside.studio.keep_book("x.xlsx", write_workbook([["Code", "2022"], [commune, 1], [commune, 2]]))
    answer = inside.send(f"/redaction/classeurs/{book}", geographie="2025")
    assert (answer.status_code, "workbook-repeats" in answer.text) == (422, True)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_of_the_desk_is_drawn_in_both_languages(inside: Author, language: str) -> None:
    start = "" if language == "fr" else "/en"
    for path in ("", "/pages/homes/index", "/pages/homes/index?langue=en", "/pages/nouvelle", "/observatoires/nouveau",
                 "/observatoires/homes", "/pages/homes/index/renommer", "/images/nouvelle?page=homes/index",
                 "/ventilations/nouvelle", "/ventilations/nouvelle?de=housing/dwellings",
                 "/ventilations/nouvelle?de=housing/dwellings&colonne=year",
                 "/textes/indicators/housing/dwellings.yaml", "/textes/sources/census/dwellings/table.sql",
                 "/indicateurs/nouveau", "/indicateurs/nouveau?genre=change", "/classeurs",
                 "/inserer?indicator=housing/dwellings",
                 *(f"/indicateurs/nouveau?genre={kind}&table=census/dwellings" for kind in INDICATORS)):  # fmt: skip
        answer = inside.client.get(f"{start}/redaction{path}")
        assert answer.status_code == 200, path
        assert f'lang="{language}"' in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("options", [{"watch": True}, {"edit": True}])
def test_only_this_machine_is_written_from(workplace: Workplace, options: dict[str, bool]) -> None:
    with pytest.raises(BeffroiError) as raised:
        run_server(workplace.root, host="0.0.0.0", port=0, workers=1, **options)
    assert raised.value.faults[0].code == "writing-needs-this-machine"
    with pytest.raises(BeffroiError) as raised:
        run_server(workplace.root, host="127.0.0.1", port=0, workers=2, **options)
    assert raised.value.faults[0].code == "writing-needs-one-process"


def test_a_public_server_has_none_of_it(workplace: Workplace, assets_folder: Path) -> None:
    client = TestClient(create_app(workplace.lake.release, assets_folder=assets_folder), base_url=HERE)
    assert client.get("/redaction").status_code == 404
    assert client.get(f"/redaction?cle={KEY}").status_code == 404
    assert "bf-bench" not in client.get("/").text
    assert "redaction" not in client.get("/explorer").text


def test_a_release_tells_nothing_more_than_its_reader_may_see(author: Author) -> None:
    site = author.studio.site()
    assert dataclasses.is_dataclass(site.bench)
    assert author.client.get("/api/indicators").status_code == 200
