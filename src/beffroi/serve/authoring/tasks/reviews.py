"""The desk itself, and what is read over before it is saved: nothing is written that was not shown first."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from beffroi.catalog import Catalog
from beffroi.catalog.page_files import page_file
from beffroi.catalog.writing import Change, mark, read_bytes, write_changes
from beffroi.errors import BeffroiError
from beffroi.language import LANGUAGES
from beffroi.publish.authoring import differ
from beffroi.serve.authoring.replies import Asked, reply_to, show
from beffroi.serve.authoring.studios import Proposal, Reply, Studio
from beffroi.serve.authoring.tasks.editors import title_of


def show_desk(studio: Studio, asked: Asked) -> Reply:
    """What there is to write: observatories and their pages, what is at fault, what waits for a build."""
    sketch, site = studio.live.sketch(), studio.site()
    shelves: dict[str, list[tuple[str, str, list[str], int, bool]]] = {}
    listed = [page for entry in sketch.catalogue["observatories"].values() for page in entry["pages"]]
    for page in dict.fromkeys([*listed, *sorted(sketch.catalogue["pages"])]):
        observatory = page.partition("/")[0]
        there = [code for code in LANGUAGES if read_bytes(studio.live.root, page_file(page, code)) is not None]
        faults = len(sketch.of_pages.get(page, ()))
        unsaved = any((trial := studio.trial(page, code)) is not None and trial.changed for code in LANGUAGES)
        shelves.setdefault(observatory, []).append((page, title_of(site, asked, page), there, faults, unsaved))
    texts: dict[str, list[str]] = {}
    for file in sorted(studio.live.root.glob("observatories/*/_*.md")):
        texts.setdefault(file.parent.name, []).append(f"{file.parent.name}/{file.stem}")
    return show(
        studio, asked, "desk", shelves=shelves, texts=texts, observatories=sketch.catalogue["observatories"],
        faults=sketch.faults, pending=sketch.pending, unpublished=sketch.unpublished,
        saved=asked.query.one("enregistre"),
        built=studio.run.progress() if studio.run else None, dead=studio.live.find_dead_links(),
        indicators=_list_indicators(sketch.catalog),
    )  # fmt: skip


def _list_indicators(catalog: Catalog | None) -> list[str]:
    """The indicators that have a text, breakdowns among them and not each of their categories."""
    if catalog is None:
        return []
    inside = {f"{name}/{key}" for name, each in catalog.breakdowns.items() for key in each.categories}
    return sorted({*catalog.indicators, *catalog.breakdowns} - inside)


def review(studio: Studio, asked: Asked, name: str) -> Reply:
    """What will change, line by line, and what is said of it; nothing is written."""
    proposal = studio.proposal(name)
    if _changed(studio, proposal):
        return _tell_changed(studio, asked, proposal)
    checked = studio.live.examine(proposal.changes)
    files = {change.file for change in proposal.changes}
    before = {(one.code, str(one.place)) for one in studio.live.sketch().faults}
    told = [one for one in checked.faults if (one.place and one.place.file in files)
            or (one.code, str(one.place)) not in before]  # fmt: skip
    known = {(link.file, link.target) for link in studio.live.find_dead_links()}
    dead = [link for link in studio.live.find_dead_links(proposal.changes) if (link.file, link.target) not in known]
    return _show(studio, asked, proposal, proposal.changes, faults=told, dead=dead)


def _show(
    studio: Studio, asked: Asked, proposal: Proposal, changes: Sequence[Change], status: int = 200, **told: Any
) -> Reply:
    root, moves = studio.live.root, proposal.moves
    differences = [
        differ(change, read_bytes(root, moves.get(change.file, change.file)), moves.get(change.file, ""))
        for change in changes
        if change.file not in moves.values()
    ]
    values = {"faults": [], "dead": [], "changed": False, **told}
    return show(
        studio, asked, "review", status, proposal=proposal, differences=differences,
        moved=any(each.lines or each.size or each.gone or each.came_from for each in differences), **values,
    )  # fmt: skip


def save(studio: Studio, asked: Asked, name: str) -> Reply:
    """Write what was read over. A file that changed meanwhile stops it all, and both texts are shown."""
    assert asked.form is not None
    proposal = studio.proposal(name)
    if asked.form.one("reprendre"):
        root = studio.live.root
        changes = [Change(one.file, one.content, mark(read_bytes(root, one.file))) for one in proposal.changes]
        again = studio.propose(changes, proposal.back, proposal.after, proposal.moves)
        return reply_to(asked.path(f"/redaction/propositions/{again.id}"))
    try:
        write_changes(studio.live.root, proposal.changes)
    except BeffroiError as error:
        if error.faults[0].code != "file-changed":
            raise
        return _tell_changed(studio, asked, proposal)
    studio.forget(name)
    studio.forget_saved(proposal.changes)
    mark_ = "&" if "?" in proposal.after else "?"
    names = quote(_name_files([change.file for change in proposal.changes]))
    return reply_to(f"{proposal.after}{mark_}enregistre={names}")


def _name_files(files: list[str]) -> str:
    """The names of files that were written, the first ones where they are many."""
    return ", ".join(files[:2]) + (f" (+ {len(files) - 2})" if len(files) > 2 else "")


def _changed(studio: Studio, proposal: Proposal) -> bool:
    root = studio.live.root
    return any(mark(read_bytes(root, change.file)) != change.seen for change in proposal.changes)


def _tell_changed(studio: Studio, asked: Asked, proposal: Proposal) -> Reply:
    root = studio.live.root
    moved = [one for one in proposal.changes if mark(read_bytes(root, one.file)) != one.seen]
    return _show(studio, asked, proposal, moved, 409, changed=True)


ROUTES = (
    ("GET", "", show_desk),
    ("GET", r"/propositions/([\w-]+)", review),
    ("POST", r"/propositions/([\w-]+)", save),
)

__all__ = ["ROUTES"]
