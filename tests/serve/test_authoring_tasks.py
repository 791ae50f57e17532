"""What an author does without a terminal: pictures, pages put in order and renamed, breakdowns, English, builds."""

import html
import re
from io import BytesIO

import pytest
from PIL import Image

from beffroi.access import PUBLIC
from beffroi.catalog import check_catalog, format_workspace
from beffroi.catalog.snippets import list_snippets
from beffroi.language import LANGUAGES, text
from beffroi.serve.authoring.runs import STAGES
from beffroi.serve.authoring.tasks.indicators import KINDS
from tests.run.sittings import PAGE
from tests.serve.authors import EDIT, OWN, PAGE_PATH, Author

OBSERVATORY = "observatories/homes/observatory.yaml"
PICTURE = "/redaction/images/nouvelle?page=homes/index"
SAID = {"alt": "Une rue, vue du beffroi", "credit": "Agence", "licence": "CC0 1.0", "ou": "fin"}


def png(size: tuple[int, int] = (40, 20), kind: str = "PNG") -> bytes:
    stream = BytesIO()
    Image.new("RGB", size, "red").save(stream, kind)
    return stream.getvalue()


def upload(author: Author, content: bytes, name: str = "Rue d'ici.PNG", path: str = PICTURE, **form: str):
    said = {"laissez_passer": author.studio.pass_, **SAID, **form}
    return author.client.post(path, data=said, files={"image": (name, content)}, headers=OWN)


def add_page(author: Author, name: str, text: str) -> None:
    """Another page of the observatory, as if it were there all along."""
    (author.root / f"observatories/homes/{name}.md").write_text(text, "utf-8")
    declared = author.root / OBSERVATORY
    declared.write_text(declared.read_text("utf-8") + f"  - {name}\n", "utf-8")


def written(author: Author, language: str = "fr") -> str:
    """The text in the editor."""
    shown = author.client.get(f"{EDIT}?langue={language}&essai=1").text
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", shown, re.DOTALL)
    assert found
    return html.unescape(found[1])


def good(author: Author) -> None:
    assert check_catalog(author.root).faults == ()
    assert format_workspace(author.root, write=False) == []


def test_a_picture_waits_in_the_text_until_it_is_saved(inside: Author) -> None:
    inside.send(EDIT, texte=PAGE, vu=inside.seen(), ligne="9", faire="apercu")
    answer = upload(inside, png((4000, 40)), ou="curseur", legende="La rue {{ here.in }}")
    assert answer.headers["location"].startswith(f"{EDIT}?langue=fr&essai=1&ligne=11&image=reduced")
    block = (
        "```image\nfile: rue_d_ici.png\nalt: Une rue, vue du beffroi\ncredit: Agence\nlicence: CC0 1.0\n"
        "caption: La rue {{ here.in }}\n```\n"
    )
    assert written(inside) == PAGE.replace("```ranking", f"{block}\n```ranking"), "where the cursor was"
    folder = inside.root / "observatories/homes"
    assert not list(folder.glob("*.png"))
    assert "L’image a été réduite." in inside.client.get(answer.headers["location"]).text
    frame = inside.client.get("/redaction/apercus/homes/index").text
    assert 'src="/redaction/images/homes/rue_d_ici.png" alt="Une rue, vue du beffroi"' in frame
    seen = inside.client.get("/redaction/images/homes/rue_d_ici.png")
    assert (seen.headers["content-type"], Image.open(BytesIO(seen.content)).size) == ("image/png", (1600, 16))
    inside.save(EDIT, texte=written(inside), vu=inside.seen(), faire="relire")
    assert sorted(path.name for path in folder.iterdir()) == ["index.md", "observatory.yaml", "rue_d_ici.png"]
    good(inside)
    assert inside.client.get("/images/homes/rue_d_ici.png").content == seen.content
    assert 'src="/images/homes/rue_d_ici.png"' in inside.client.get("/observatoires/homes/index").text


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"GIF89a", "x.png", "picture-unreadable"), (b"<html><script>1</script></html>", "x.svg", "picture-unreadable"),
        (png()[:50], "x.png", "picture-unreadable"), (b"", "x.png", "form-incomplete"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_said_and_the_rest_stays_typed(
    inside: Author, content: bytes, name: str, expected: str
) -> None:
    answer = upload(inside, content, name)
    assert answer.status_code in (400, 422)
    assert "Une rue, vue du beffroi" in html.unescape(answer.text), "what was typed is still there"
    assert {"picture-unreadable": "ne se lit pas comme une image", "form-incomplete": "Il manque"}[
        expected
    ] in answer.text
    assert "```image" not in written(inside)


@pytest.mark.parametrize("missing", ["alt", "credit", "licence"])
def test_a_picture_says_what_it_shows_and_whose_it_is(inside: Author, missing: str) -> None:
    assert upload(inside, png(), **{missing: " "}).status_code == 400
    assert "```image" not in written(inside)


def test_the_name_of_a_picture_is_made_of_its_bytes(inside: Author) -> None:
    for name, file in (("../../../x.php", "x.jpg"), ("C:\\photos\\Été.webp", "ete.jpg"), (".hidden.png", "hidden.jpg")):
        upload(inside, png(kind="JPEG"), name)
        assert f"file: {file}\n" in written(inside)
    upload(inside, png((9, 9), "JPEG"), "x.png")
    assert "file: x_2.jpg\n" in written(inside), "another picture has that name"
    upload(inside, png(kind="JPEG"), "x.png")
    assert written(inside).count("file: x.jpg\n") == 2, "the same picture is kept once"


def test_bytes_come_whole_whatever_they_are(inside: Author) -> None:
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><title>a\r\n\r--b\n</title></svg>\r\n'
    upload(inside, drawn.encode() + b"\r\n\r", "x.svg")
    seen = inside.client.get("/redaction/images/homes/x.svg")
    assert seen.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in seen.headers["content-security-policy"]
    noise = Image.effect_noise((97, 61), 90)
    stream = BytesIO()
    noise.save(stream, "PNG")
    upload(inside, stream.getvalue(), "noise.png")
    kept = Image.open(BytesIO(inside.client.get("/redaction/images/homes/noise.png").content))
    assert kept.tobytes() == noise.tobytes()


def test_a_drawing_that_runs_is_cleaned(inside: Author) -> None:
    nasty = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><script>alert(1)</script><path d="M0 0"/></svg>'
    answer = upload(inside, nasty.encode(), "plan.svg")
    assert "image=cleaned" in answer.headers["location"]
    assert b"alert" not in inside.client.get("/redaction/images/homes/plan.svg").content
    inside.save(EDIT, texte=written(inside), vu=inside.seen(), faire="relire")
    served = inside.client.get("/images/homes/plan.svg")
    assert (served.status_code, served.headers["content-type"]) == (200, "image/svg+xml")
    assert "<script" not in served.text


def test_a_picture_that_is_too_heavy_is_not_read(inside: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beffroi.serve.authoring.doors._LARGEST_FILE", 1000)
    answer = upload(inside, b"\x89PNG" + b"0" * 2000)
    assert (answer.status_code, "form-too-large" in answer.text) == (413, True)


def test_a_picture_is_taken_away_when_no_page_shows_it(inside: Author) -> None:
    upload(inside, png(), "rue.png")
    inside.save(EDIT, texte=written(inside), vu=inside.seen(), faire="relire")
    shown = inside.client.get("/redaction/observatoires/homes").text
    assert "montrée par homes/index" in shown
    address = "/redaction/images/homes/rue.png/oter"
    assert "picture-shown" in inside.send(address).text
    inside.save(EDIT, texte=PAGE, vu=inside.seen(), faire="relire")
    inside.save(address)
    assert not (inside.root / "observatories/homes/rue.png").exists()


def insert(author: Author, **form: str) -> str:
    explorer = author.client.get("/explorer?indicator=housing/vacancy_rate&view=ranking&level=epci").text
    found = re.search(r'href="(/redaction/inserer\?[^"]+)"', explorer)
    assert found
    address = html.unescape(found[1])
    assert "homes/index" in author.client.get(address).text
    said = {"page": "homes/index", "lue": "homes/index", "qui": "page", "quand": "derniere", "titre": "Où", **form}
    return author.read_over(address, **said)


BLOCK = "```ranking\nindicator: housing/vacancy_rate\nlevel: epci\ntitle: Où\n```\n"


def test_a_figure_goes_where_one_was_writing(inside: Author) -> None:
    draft = PAGE.replace("compte", "a")
    answer = inside.send(EDIT, texte=draft, vu=inside.seen(), ligne="9", faire="figure")
    assert answer.headers["location"] == "/explorer"
    assert insert(inside, ou="curseur") == f"{EDIT}?langue=fr&essai=1&ligne=11"
    assert written(inside) == draft.replace("```ranking", f"{BLOCK}\n```ranking", 1), "what was typed is there"
    assert inside.text() == PAGE, "nothing is saved"
    inside.save(EDIT, texte=written(inside), vu=inside.seen(), faire="relire")
    good(inside)


def test_a_figure_goes_at_the_end_of_a_section_or_of_the_page(inside: Author) -> None:
    longer = f"{PAGE}\n## Deux\n\nUn mot.\n\n## Trois\n\nFin.\n"
    (inside.root / PAGE_PATH).write_text(longer, "utf-8")
    shown = inside.client.get("/redaction/inserer?indicator=housing/dwellings&view=ranking&page=homes/index").text
    assert "À la fin de « Deux »" in shown
    insert(inside, ou="s1")
    assert written(inside) == longer.replace("Un mot.\n", f"Un mot.\n\n{BLOCK}")
    inside.send(EDIT, texte="", vu="", faire="abandonner")
    insert(inside, ou="fin", section="Les EPCI")
    assert written(inside) == f"{longer}\n## Les EPCI\n\n{BLOCK}"


def test_another_page_has_other_places(inside: Author) -> None:
    add_page(inside, "rents", "---\ntitle: Loyers\n---\n\nUn mot.\n")
    asked = insert(inside, page="homes/rents", ou="s0")
    assert asked.endswith("&page=homes/rents"), "where is asked again"
    assert insert(inside, page="homes/rents", lue="homes/rents", ou="fin").startswith("/redaction/pages/homes/rents?")


def test_pages_are_put_in_order(inside: Author) -> None:
    add_page(inside, "rents", "---\ntitle: Loyers\n---\n\nUn mot.\n")
    declared = inside.text(OBSERVATORY)
    form = {"page": ["index", "rents"], "titre_fr": "Habiter", "titre_en": "Housing",
            "resume_fr": "Le parc de logements.", "etat": "draft"}  # fmt: skip
    shown = inside.send("/redaction/observatoires/homes", **form, faire="monter:rents").text
    assert re.findall(r'name="page" value="(\w+)"', shown) == ["rents", "index"]
    assert inside.text(OBSERVATORY) == declared, "nothing is saved"
    form["page"] = ["rents", "index"]
    inside.save("/redaction/observatoires/homes", **form, faire="relire")
    assert inside.text(OBSERVATORY) == (
        "# L'habitat.\ntitle:\n  fr: Habiter\n  en: Housing\nsummary: Le parc de logements.\nstate: draft\n"
        "pages:\n  - rents\n  - index\n"
    )
    good(inside)
    assert "Housing" in inside.client.get("/en/observatoires").text
    listed = inside.send(
        "/redaction/observatoires/homes", **{**form, "page": ["index", "nope"]}, faire="monter:index"
    ).text
    assert re.findall(r'name="page" value="(\w+)"', listed) == ["index", "rents"], (
        "a list that is not theirs is not taken"
    )


def test_a_page_is_renamed_and_links_follow(inside: Author) -> None:
    link = "---\ntitle: Loyers\n---\n\n[Le parc](/observatoires/homes/index), en bref.\n"
    add_page(inside, "rents", link)
    (inside.root / "observatories/homes/index.en.md").write_text(PAGE.replace("Se loger", "Living"), "utf-8")
    address = "/redaction/pages/homes/index/renommer"
    assert "observatories/homes/rents.md:5" in inside.client.get(address).text
    assert "name-taken" in inside.send(address, nom="rents").text
    assert "name-refused" in inside.send(address, nom="../x").text
    proposal = inside.read_over(address, nom="start", suivre="oui")
    shown = inside.client.get(proposal).text
    assert "ne mèneront plus nulle part" not in shown
    assert shown.count("auparavant observatories/homes/index") == 2
    assert "sera supprimé" not in shown
    inside.send(proposal)
    folder = inside.root / "observatories/homes"
    assert sorted(path.name for path in folder.iterdir()) == ["observatory.yaml", "rents.md", "start.en.md", "start.md"]
    assert inside.text("observatories/homes/start.md") == PAGE
    assert inside.text("observatories/homes/rents.md") == link.replace("homes/index", "homes/start")
    good(inside)
    assert inside.client.get("/observatoires/homes/start").status_code == 200


def test_links_that_would_break_are_told_before(inside: Author) -> None:
    add_page(inside, "rents", "---\ntitle: Loyers\n---\n\n[Le parc](/observatoires/homes/index).\n")
    for address, form in (("renommer", {"nom": "start"}), ("supprimer", {})):
        shown = inside.client.get(inside.read_over(f"/redaction/pages/homes/index/{address}", **form)).text
        assert "ne mèneront plus nulle part" in shown
        assert "/redaction/pages/homes/rents?langue=fr&amp;ligne=5" in shown
    inside.save("/redaction/pages/homes/index/supprimer")
    assert not (inside.root / PAGE_PATH).exists()
    assert inside.text(OBSERVATORY).endswith("pages:\n  - rents\n")
    assert "homes/index" in inside.client.get("/redaction").text, "a link that leads nowhere is told at the desk"
    assert "last-page" in inside.send("/redaction/pages/homes/rents/supprimer").text
    inside.save("/redaction/observatoires/homes/supprimer")
    assert not (inside.root / "observatories/homes").exists()
    good(inside)


def test_what_changed_meanwhile_is_not_deleted(inside: Author) -> None:
    add_page(inside, "rents", "---\ntitle: Loyers\n---\n\nUn mot.\n")
    proposal = inside.read_over("/redaction/pages/homes/rents/supprimer")
    (inside.root / "observatories/homes/rents.md").write_text("---\ntitle: Autre\n---\n\nDes mots.\n", "utf-8")
    assert inside.send(proposal).status_code == 409
    assert "Autre" in inside.text("observatories/homes/rents.md")
    assert inside.text(OBSERVATORY).endswith("- rents\n")


def test_both_languages_are_saved_together(inside: Author) -> None:
    inside.send(EDIT, texte=PAGE.replace("compte", "a"), vu=inside.seen(), faire="langue:en")
    english = written(inside, "en")
    assert english == PAGE.replace("compte", "a"), "an English that is not written begins with the French"
    left = inside.try_text("homes/index?langue=en", english)["untranslated"]
    assert [(one["part"], one["why"], one["line"]) for one in left] == [("titre", "encore en français", 2)]
    english = english.replace("Se loger", "Living").replace(" a ", " has ")
    assert inside.try_text("homes/index?langue=en", english)["untranslated"] == []
    seen = re.search(r'name="vu" value="(\w*)"', inside.client.get(f"{EDIT}?langue=en&essai=1").text)
    assert seen
    assert not seen[1], "there was no English"
    inside.save(f"{EDIT}?langue=en", texte=english, vu="", faire="relire")
    assert "{{ here }} a {{" in inside.text()
    assert "title: Living" in inside.text("observatories/homes/index.en.md")
    good(inside)
    assert ">traduit<" in inside.client.get(EDIT).text
    longer = PAGE.replace("compte", "a") + "\n```line\nindicator: housing/dwellings\n```\n"
    inside.save(EDIT, texte=longer, vu=inside.seen(), faire="relire")
    assert "à traduire : 1" in inside.client.get(EDIT).text
    assert "bloc, absent du texte anglais" in inside.client.get(f"{EDIT}?langue=en").text


def test_what_was_not_saved_is_found_again_or_given_up(inside: Author) -> None:
    inside.send(EDIT, texte=PAGE.replace("compte", "oublie"), vu=inside.seen(), faire="apercu")
    assert "oublie" in inside.client.get(EDIT).text
    assert "non enregistré" in inside.client.get("/redaction").text
    inside.send(EDIT, texte="x", vu="", faire="abandonner")
    assert "oublie" not in inside.client.get(EDIT).text


BREAKDOWN = "/redaction/ventilations/nouvelle?de=housing/dwellings&colonne=year"


def test_a_breakdown_is_made_of_the_values_of_a_column(inside: Author) -> None:
    shown = inside.client.get(BREAKDOWN).text
    years = re.findall(r'name="valeurs_\d+" type="text" value="(\w+)"', shown)
    assert len(years) >= 2
    assert re.search(rf"<code>{years[0]}</code> <span class=\"quiet\">lignes : \d+", shown)
    form = {"titre": "Par année", "titre_en": "By year", "categorie_0": "Avant", "categorie_en_0": "Before",
            "valeurs_0": f"0 à {years[0]}", "categorie_1": "Après", "valeurs_1": "; ".join(years[1:])}  # fmt: skip
    assert "form-incomplete" in inside.send(BREAKDOWN, **{**form, "categorie_1": ""}).text
    inside.save(BREAKDOWN, **form)
    file = "indicators/housing/dwellings_par_annee.yaml"
    assert inside.text(file).startswith(
        "kind: breakdown\ntitle:\n  fr: Par année\n  en: By year\nof: housing/dwellings\n"
    )
    assert f"      year:\n        min: 0\n        max: {years[0]}\n" in inside.text(file)
    good(inside)
    assert "indicators/housing/dwellings_par_annee" in inside.studio.live.sketch().pending
    assert "name-taken" in inside.send(BREAKDOWN, **form).text
    inside.send("/redaction/construire")
    inside.wait_for_build()
    known = inside.studio.live.release(PUBLIC).catalogue["indicators"]
    assert {"housing/dwellings_par_annee/before", "housing/dwellings_par_annee/apres"} <= set(known)


def test_a_declaration_is_mended_from_its_fault(inside: Author) -> None:
    file = "indicators/housing/dwellings.yaml"
    text = inside.text(file)
    (inside.root / file).write_text(text.replace("theme:", "thme:"), "utf-8")
    shown = inside.client.get("/redaction").text
    found = re.search(rf'href="(/redaction/textes/{file}\?ligne=\d+)"', shown)
    assert found
    editor = inside.client.get(found[1]).text
    seen = re.search(r'name="vu" value="(\w+)"', editor)
    assert seen
    assert "thme: housing" in editor
    assert inside.try_text(file, text)["faults"] == []
    told = inside.try_text(file, text.replace("theme:", "thme:"))["faults"]
    assert any(one["own"] and one["nearest"] == "theme" for one in told)
    inside.save(f"/redaction/textes/{file}", texte=text, vu=seen[1], faire="relire")
    assert inside.text(file) == text
    page = inside.client.get("/redaction/textes/observatories/homes/index.md")
    assert page.headers["location"] == "/redaction/pages/homes/index?langue=fr"
    assert inside.client.get("/redaction/textes/indicators/none.yaml").status_code == 404


def test_every_stage_and_every_block_has_its_words() -> None:
    for language in LANGUAGES:
        assert all(text(f"authoring.stage_{stage}", language) for stage in STAGES)
        assert all(text(f"block_kind.{name}", language) for name in list_snippets() if name != "page")
        assert all(text(f"authoring.kind_{kind}", language) for kind in KINDS)


def test_a_build_is_followed_to_its_edition(inside: Author) -> None:
    inside.save(EDIT, texte=PAGE.replace("compte", "a"), vu=inside.seen(), faire="relire")
    answer = inside.send("/redaction/construire", retour="/observatoires/homes/index")
    assert answer.headers["location"] == "/redaction/construction"
    assert inside.client.get("/redaction/construction").status_code == 200
    inside.wait_for_build()
    end = inside.client.get("/redaction/construction/suite").json()
    assert end["ended"]
    edition = inside.studio.workplace.lake.editions.current_id()
    assert f"Publié, édition {edition}" in end["html"]
    assert '<a href="/observatoires/homes/index">Se loger' in end["html"]
    assert "Sources" in end["html"]
    inside.send("/redaction/construire")
    inside.wait_for_build()
    assert f"Rien à publier : édition {edition}" in inside.client.get("/redaction/construction").text


def test_the_faults_of_a_build_lead_to_their_line(inside: Author) -> None:
    (inside.root / "indicators/housing/wrong.yaml").write_text(
        inside.text("indicators/housing/dwellings.yaml") + "reliability:\n  minimum_observations: 5\n"
        "  observations: nothing\n  why: Pour essayer.\n", "utf-8",
    )  # fmt: skip
    (inside.root / PAGE_PATH).write_text(
        PAGE + "\n```ranking\nindicator: housing/dwellings\nperiod: '1999'\n```\n", "utf-8"
    )
    inside.send("/redaction/construire")
    inside.wait_for_build()
    end = inside.client.get("/redaction/construction").text
    assert f"{PAGE_PATH}:15" in end
    assert "/redaction/pages/homes/index?langue=fr&amp;ligne=15" in end
    assert "/redaction/textes/indicators/housing/wrong.yaml?ligne=" in end
    assert "reste servie" in end, "the last good page is kept"


def test_a_build_that_cannot_start_says_why(inside: Author) -> None:
    (inside.root / "workspace.yaml").write_text("format: [", "utf-8")
    inside.send("/redaction/construire")
    inside.wait_for_build()
    assert "La construction n’a pas abouti" in inside.client.get("/redaction/construction").text
    assert inside.client.get("/observatoires/homes/index").status_code == 200
