"""Texts that are being written and are not saved: where they come from, and what is put in them."""

from dataclasses import replace

from beffroi.catalog.page_files import page_file
from beffroi.catalog.reading.pages import WrittenBlock, read_page
from beffroi.catalog.sections import insert_block, list_sections
from beffroi.catalog.tidying import format_file
from beffroi.catalog.writing import Change, mark, propose, read_bytes
from beffroi.errors import BeffroiError, fault
from beffroi.language import LANGUAGES, text
from beffroi.serve.authoring.replies import Asked, reply_to
from beffroi.serve.authoring.studios import Reply, Studio, Trial

AT_CURSOR, AT_END = "curseur", "fin"


def open_trial(studio: Studio, page: str, language: str) -> Trial:
    """The text of a page as its author left it, or as its file is; ``page-not-found`` when there is none.

    A text that is not in English yet begins with the French.
    """
    held = read_bytes(studio.live.root, page_file(page, language))
    trial = studio.trial(page, language)
    if trial is not None and (trial.changed or trial.seen == mark(held)):
        return trial
    start = held
    if start is None and (french := studio.trial(page, LANGUAGES[0])) is not None:
        start = french.text.encode()
    elif start is None:
        start = read_bytes(studio.live.root, page_file(page, LANGUAGES[0]))
    if start is None:
        raise BeffroiError(fault("page-not-found", name=page))
    trial = Trial(start.decode("utf-8", "replace"), mark(held), mark(start))
    studio.keep_trial(page, language, trial)
    return trial


def change_text(studio: Studio, page: str, language: str, written: str, seen: str, line: int) -> Trial:
    """Keep a text that was sent; ``seen`` is the mark of what its file held when it was opened."""
    known = studio.trial(page, language)
    trial = Trial(written, seen, known.opened if known else seen, line)
    studio.keep_trial(page, language, trial)
    return trial


def propose_page(studio: Studio, page: str, language: str) -> list[Change]:
    """What is to be saved of a page: the text that is edited, that of the other language if it was changed, and the
    pictures that they show."""
    root = studio.live.root
    changes: list[Change] = []
    shown: dict[str, None] = {}
    for code in (language, *(each for each in LANGUAGES if each != language)):
        trial = studio.trial(page, code)
        if trial is None or (code != language and not trial.changed):
            continue
        file = page_file(page, code)
        proposed = propose(root, file, format_file(file, trial.text))
        changes.append(Change(file, proposed.content, trial.seen))
        shown |= dict.fromkeys(pictures_in(trial.text))
    observatory = page.partition("/")[0]
    waiting = studio.pictures(observatory)
    sent = [name for name in shown if name in waiting]
    return [*changes, *(propose(root, f"observatories/{observatory}/{name}", waiting[name]) for name in sent)]


def pictures_in(written: str) -> list[str]:
    """The names of the pictures that a text shows."""
    parts = read_page(written, "", headed=written.startswith("---")).parts
    blocks = [part for part in parts if isinstance(part, WrittenBlock) and part.kind == "image" and part.document]
    nodes = [block.document.root.entries.get("file") for block in blocks if block.document]
    return [str(getattr(node, "text", "")) for node in nodes if node is not None]


def waiting_pictures(studio: Studio, page: str) -> list[Change]:
    """The pictures of an observatory that are not saved, as they would be."""
    observatory = page.partition("/")[0]
    return [Change(f"observatories/{observatory}/{name}", content, "")
            for name, content in studio.pictures(observatory).items()]  # fmt: skip


def list_places(trial: Trial, language: str) -> list[tuple[str, str]]:
    """Where a block may be put in a text, each with its words: at the cursor, at the end of a section, at the end."""
    places: list[tuple[str, str]] = []
    if trial.line:
        near = _words_before(trial)
        key = "authoring.at_cursor_after" if near else "authoring.at_cursor"
        places.append((AT_CURSOR, text(key, language, line=trial.line, words=near)))
    for number, section in enumerate(list_sections(trial.text)):
        if section.heading:
            places.append((f"s{number}", text("authoring.after_section", language, heading=section.heading)))
        elif number == 0:
            places.append(("s0", text("authoring.before_sections", language)))
    return [*places, (AT_END, text("authoring.at_end", language))]


def _words_before(trial: Trial) -> str:
    lines = trial.text.split("\n")[: trial.line]
    said = next((line.strip() for line in reversed(lines) if line.strip() and not line.startswith("```")), "")
    return said if len(said) <= 60 else said[:59].rsplit(" ", 1)[0] + "…"


def put_block(studio: Studio, asked: Asked, page: str, language: str, block: str, where: str, heading: str) -> Reply:
    """A block in the text of a page, under a heading of its own if there is one; then its editor, nothing saved."""
    trial = open_trial(studio, page, language)
    sections = list_sections(trial.text)
    after = len(trial.text.split("\n"))
    if where == AT_CURSOR and trial.line:
        after = trial.line
    elif where.startswith("s") and where[1:].isdigit() and int(where[1:]) < len(sections):
        after = sections[int(where[1:])].end
    title = f"## {' '.join(heading.split())}\n\n" if heading.strip() else ""
    made = insert_block(trial.text, f"{title}{block}", after)
    studio.keep_trial(page, language, replace(trial, text=made.text, line=made.line))
    return reply_to(asked.path(f"/redaction/pages/{page}?langue={language}&essai=1&ligne={made.line}"))


__all__ = [
    "AT_CURSOR", "AT_END", "change_text", "list_places", "open_trial", "pictures_in", "propose_page", "put_block",
    "waiting_pictures",
]  # fmt: skip
