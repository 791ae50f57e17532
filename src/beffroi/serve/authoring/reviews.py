"""The desk itself, and what is read over before it is saved: nothing is written that was not shown first."""

import re

from beffroi.catalog.writing import Change, mark, read_bytes, write_changes
from beffroi.errors import BeffroiError
from beffroi.language import LANGUAGES
from beffroi.observe.pages import head_page
from beffroi.publish.authoring import differ, render_writing
from beffroi.serve.authoring.replies import Asked, page_file, reply_page, reply_to
from beffroi.serve.authoring.studios import Proposal, Reply, Studio


def show_desk(studio: Studio, asked: Asked) -> Reply:
    """What there is to write: observatories and their pages, what is at fault, what waits for a build."""
    sketch, site = studio.live.sketch(), studio.site()
    perimeter = site.atlas.perimeter(asked.language)
    shelves: dict[str, list[tuple[str, str, list[str], int]]] = {}
    for page in sorted(sketch.catalogue["pages"]):
        observatory, _, name = page.partition("/")
        there = [code for code in LANGUAGES if read_bytes(studio.live.root, page_file(page, code)) is not None]
        faults = len(sketch.of_pages.get(page, ()))
        head = head_page(site.atlas, page, asked.language, perimeter)
        shelves.setdefault(observatory, []).append((page, head.title if head else name, there, faults))
    texts: dict[str, list[str]] = {}
    for file in sorted(studio.live.root.glob("observatories/*/_*.md")):
        texts.setdefault(file.parent.name, []).append(f"{file.parent.name}/{file.stem}")
    body = render_writing(
        site, asked.visit, "desk", shelves=shelves, texts=texts, observatories=sketch.catalogue["observatories"],
        faults=sketch.faults, pending=sketch.pending, built=studio.built, building=studio.building,
        saved=asked.query.one("enregistre"), pass_=studio.pass_,
    )  # fmt: skip
    return reply_page(body)


def start_build(studio: Studio, asked: Asked) -> Reply:
    assert asked.form is not None
    studio.start_build()
    back = asked.form.one("retour")
    return reply_to(back if re.fullmatch(r"/(?!/)[\w/.:%-]*", back) else asked.path("/redaction"))


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
    differences = [differ(change, read_bytes(studio.live.root, change.file)) for change in proposal.changes]
    body = render_writing(
        studio.site(), asked.visit, "review", proposal=proposal, differences=differences, faults=told,
        pass_=studio.pass_, changed=False, moved=any(each.lines or each.size for each in differences),
    )  # fmt: skip
    return reply_page(body)


def save(studio: Studio, asked: Asked, name: str) -> Reply:
    """Write what was read over. A file that changed meanwhile stops it all, and both texts are shown."""
    assert asked.form is not None
    proposal = studio.proposal(name)
    if asked.form.one("reprendre"):
        root = studio.live.root
        changes = [Change(one.file, one.content, mark(read_bytes(root, one.file))) for one in proposal.changes]
        again = studio.propose(changes, proposal.back, proposal.after)
        return reply_to(asked.path(f"/redaction/propositions/{again.id}"))
    try:
        write_changes(studio.live.root, proposal.changes)
    except BeffroiError as error:
        if error.faults[0].code != "file-changed":
            raise
        return _tell_changed(studio, asked, proposal)
    studio.forget(name)
    mark_ = "&" if "?" in proposal.after else "?"
    names = "%20".join(change.file for change in proposal.changes)
    return reply_to(f"{proposal.after}{mark_}enregistre={names}")


def _changed(studio: Studio, proposal: Proposal) -> bool:
    root = studio.live.root
    return any(mark(read_bytes(root, change.file)) != change.seen for change in proposal.changes)


def _tell_changed(studio: Studio, asked: Asked, proposal: Proposal) -> Reply:
    root = studio.live.root
    moved = [one for one in proposal.changes if mark(read_bytes(root, one.file)) != one.seen]
    differences = [differ(change, read_bytes(root, change.file)) for change in moved]
    body = render_writing(
        studio.site(), asked.visit, "review", proposal=proposal, differences=differences, faults=[],
        pass_=studio.pass_, changed=True, moved=True,
    )  # fmt: skip
    return reply_page(body, 409)


ROUTES = (
    ("GET", "", show_desk),
    ("POST", "/construire", start_build),
    ("GET", r"/propositions/([\w-]+)", review),
    ("POST", r"/propositions/([\w-]+)", save),
)

__all__ = ["ROUTES"]
