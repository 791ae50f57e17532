"""The editor of a page: its text beside what it gives, in each language, with what is not translated."""

import re
from typing import Any

from beffroi.catalog.page_files import page_file
from beffroi.catalog.snippets import fill_in, list_snippets
from beffroi.catalog.translations import Untranslated, list_untranslated
from beffroi.catalog.writing import propose, read_bytes
from beffroi.errors import BeffroiError, Fault, fault
from beffroi.language import LANGUAGES, text
from beffroi.observe.pages import head_page
from beffroi.observe.questions import find_territory
from beffroi.publish import Site
from beffroi.publish.authoring import main_of, render_preview, render_refusal
from beffroi.publish.observatories import render_page
from beffroi.publish.pages import Visit
from beffroi.serve.authoring.replies import Asked, offer, reply_json, reply_page, reply_to, show
from beffroi.serve.authoring.studios import Reply, Studio, Trial
from beffroi.serve.authoring.trials import change_text, open_trial, propose_page, waiting_pictures

NAME = r"[a-z][a-z0-9_]*"
PAGE = rf"({NAME}/_?{NAME})"


def edit(studio: Studio, asked: Asked, page: str) -> Reply:
    """The text of a page beside what it gives."""
    trial = open_trial(studio, page, written_in(asked, page))
    return _show_editor(studio, asked, page, trial)


def edit_again(studio: Studio, asked: Asked, page: str) -> Reply:
    """A text that was sent: shown with its preview, left for another task, or proposed to be saved."""
    assert asked.form is not None
    language, form, does = written_in(asked, page), asked.form, asked.form.one("faire")
    line = form.one("ligne")
    trial = change_text(
        studio, page, language, form.text("texte"), form.one("vu"), int(line) if re.fullmatch(r"\d{1,6}", line) else 0
    )
    here = f"/redaction/pages/{page}?langue={language}"
    if does == "abandonner":
        studio.drop_trials(page)
        return reply_to(asked.path(here))
    if does == "relire":
        return offer(studio, asked, propose_page(studio, page, language), f"{here}&essai=1", here)
    if does == "figure":
        studio.point = page, language
        return reply_to(asked.path("/explorer"))
    if does == "image":
        return reply_to(asked.path(f"/redaction/images/nouvelle?page={page}&langue={language}"))
    if does in [f"langue:{code}" for code in LANGUAGES]:
        return reply_to(asked.path(f"/redaction/pages/{page}?langue={does.partition(':')[2]}&essai=1"))
    return _show_editor(studio, asked, page, trial)


def _show_editor(studio: Studio, asked: Asked, page: str, trial: Trial) -> Reply:
    language, site = written_in(asked, page), studio.site()
    file, host = page_file(page, language), _host(studio, page)
    _, faults = _try(studio, page, language, trial.text)
    untranslated = _untranslated(studio, page, trial.text if language != LANGUAGES[0] else None)
    return show(
        studio, asked, "editor", page=page, title=title_of(site, asked, page), observatory=page.partition("/")[0],
        file=file, written=trial.text, seen=trial.seen, edited=language, faults=faults, host=host,
        saved=asked.query.one("enregistre"),
        blocks=[(name, fill_in(each["body"])) for name, each in list_snippets().items() if name != "page"],
        territory=(asked.form or asked.query).one("territoire"), tabs=_tabs(studio, asked, page, untranslated),
        levels=studio.live.sketch().catalogue["pages"].get(host or page, {}).get("texts", {}),
        untranslated=[_say(one, asked.language) for one in untranslated] if language != LANGUAGES[0] else [],
        french=_french(studio, page) if language != LANGUAGES[0] else "", line=asked.query.one("ligne"),
        picture=asked.query.one("image"), unsaved=trial.changed,
    )  # fmt: skip


def title_of(site: Site, asked: Asked, page: str) -> str:
    """The title of a page as it is shown; its name where it was never shown, or for a text that pages include."""
    head = None
    if page in site.atlas.catalogue["pages"]:
        head = head_page(site.atlas, page, asked.language)
    return head.title if head else page.partition("/")[2]


def _tabs(studio: Studio, asked: Asked, page: str, untranslated: list[Untranslated]) -> list[dict[str, Any]]:
    """The languages of a page, each with what there is of it; none for a text that pages include, which has its own."""
    languages = studio.site().atlas.workspace["languages"]
    if page.partition("/")[2].startswith("_") or len(languages) < 2:
        return []
    tabs = []
    for code in languages:
        there = read_bytes(studio.live.root, page_file(page, code)) is not None
        trial = studio.trial(page, code)
        unsaved = trial is not None and trial.changed
        count = len(untranslated) if code != LANGUAGES[0] and (there or unsaved) else None
        tabs.append({"code": code, "there": there, "unsaved": unsaved, "count": count,
                     "current": code == written_in(asked, page)})  # fmt: skip
    return tabs


def _untranslated(studio: Studio, page: str, english: str | None) -> list[Untranslated]:
    """What is left to translate, by the texts as they are being written."""
    if page.partition("/")[2].startswith("_"):
        return []
    if english is None:
        trial = studio.trial(page, "en")
        held = read_bytes(studio.live.root, page_file(page, "en"))
        english = trial.text if trial and trial.changed else held.decode("utf-8", "replace") if held else None
    return list_untranslated(_french(studio, page), english)


def _french(studio: Studio, page: str) -> str:
    trial = studio.trial(page, LANGUAGES[0])
    if trial is not None and trial.changed:
        return trial.text
    held = read_bytes(studio.live.root, page_file(page, LANGUAGES[0]))
    return "" if held is None else held.decode("utf-8", "replace")


def _say(one: Untranslated, language: str) -> dict[str, Any]:
    return {
        "part": text(f"authoring.part_{one.part}", language),
        "why": text(f"authoring.untranslated_{one.reason}", language),
        "words": one.words, "line": one.line, "french_line": one.french_line,
    }  # fmt: skip


def try_text(studio: Studio, asked: Asked, page: str) -> Reply:
    """What a text that is being typed gives, for the editor's script: faults, the page when it can be shown, and what
    is left to translate."""
    assert asked.form is not None
    language, written = written_in(asked, page), asked.form.text("texte")
    known = open_trial(studio, page, language)
    change_text(studio, page, language, written, known.seen, known.line)
    drawn, faults = _try(studio, page, language, written, asked.form.one("territoire"), asked.language)
    file = page_file(page, language)
    told = [{**found.to_json(asked.language), "own": found.place is None or found.place.file == file}
            for found in faults]  # fmt: skip
    left = _untranslated(studio, page, written) if language != LANGUAGES[0] else []
    said = [_say(one, asked.language) for one in left]
    return reply_json({"faults": told, "main": main_of(drawn) if drawn else None, "untranslated": said})


def preview(studio: Studio, asked: Asked, page: str) -> Reply:
    """The page of the text that is being written, for the frame beside it."""
    language = written_in(asked, page)
    written = open_trial(studio, page, language).text
    drawn, faults = _try(studio, page, language, written, asked.query.one("territoire"), asked.language)
    if drawn is None:
        said = [found.to_json(asked.language) for found in faults]
        drawn = render_refusal(studio.site(), Visit(asked.language, f"/observatoires/{page}"), 422, said)
    return reply_page(render_preview(studio.site(), drawn))


def _try(
    studio: Studio, page: str, language: str, written: str, named: str = "", spoken: str = "fr"
) -> tuple[str | None, tuple[Fault, ...]]:
    """A page drawn from a text that is nowhere on disk, and its faults."""
    change = propose(studio.live.root, page_file(page, language), written)
    changes = [change, *waiting_pictures(studio, page)]
    host = _host(studio, page)
    if host is None:
        told = studio.live.examine(changes).faults
        own = tuple(found for found in told if found.place and found.place.file == change.file)
        return None, own or (fault("text-not-included", name=page),)
    page = host
    release, faults = studio.live.try_page(page, changes)
    if release is None:
        return None, faults
    site = studio.site_of(release)
    territory: str | None = None
    levels = next(iter(release.catalogue["pages"][page]["texts"].values())).get("levels", [])
    try:
        if named and levels:
            gazetteer = site.atlas.gazetteer(release.reference_vintage, spoken)
            territory = find_territory(site.atlas, gazetteer, named, levels[0], spoken).key
        drawn = render_page(site, Visit(language, f"/observatoires/{page}"), page, territory)
    except BeffroiError as error:
        return None, error.faults
    return _with_waiting_pictures(studio, page, drawn), ()


def _with_waiting_pictures(studio: Studio, page: str, drawn: str) -> str:
    """The page with the pictures that are not saved, which only their author may see."""
    observatory = page.partition("/")[0]
    for name in studio.pictures(observatory):
        drawn = drawn.replace(f'src="/images/{observatory}/{name}"', f'src="/redaction/images/{observatory}/{name}"')
    return drawn


def _host(studio: Studio, page: str) -> str | None:
    """The page that a text is seen in: itself, or for a text that pages include the first of those, if there is one."""
    if not page.partition("/")[2].startswith("_"):
        return page
    including = re.compile(rf"^text: *{re.escape(page)} *$", re.M)
    for name in studio.live.sketch().catalogue["pages"]:
        texts = (read_bytes(studio.live.root, page_file(name, language)) or b"" for language in LANGUAGES)
        if any(including.search(held.decode("utf-8", "replace")) for held in texts):
            return str(name)
    return None


def written_in(asked: Asked, page: str) -> str:
    """The language of the text that is edited, whatever that of the desk."""
    language = asked.query.one("langue")
    return language if language in LANGUAGES and not page.partition("/")[2].startswith("_") else LANGUAGES[0]


ROUTES = (
    ("GET", f"/pages/{PAGE}", edit),
    ("POST", f"/pages/{PAGE}", edit_again),
    ("POST", f"/essais/{PAGE}", try_text),
    ("GET", f"/apercus/{PAGE}", preview),
)

__all__ = ["NAME", "PAGE", "ROUTES", "title_of", "written_in"]
