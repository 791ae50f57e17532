"""The text of a declaration, edited by who comes from one of its faults: the same editor, without a preview."""

from beffroi.catalog.page_files import page_of
from beffroi.catalog.tidying import format_file
from beffroi.catalog.writing import Change, is_text, mark, propose, read_bytes
from beffroi.errors import BeffroiError, Fault, fault
from beffroi.publish.benches import editor_path
from beffroi.serve.authoring.replies import Asked, offer, reply_json, reply_to, show
from beffroi.serve.authoring.studios import Reply, Studio

_FILE = r"((?:indicators|observatories|sources)/[a-z0-9_./]+\.(?:yaml|sql|md))"


def edit_text(studio: Studio, asked: Asked, file: str) -> Reply:
    """The text of a file; a page has an editor of its own."""
    if page_of(file):
        return reply_to(asked.path(editor_path(file)))
    held = read_bytes(studio.live.root, file)
    if held is None:
        raise BeffroiError(fault("page-not-found", name=file))
    return _show(studio, asked, file, held.decode("utf-8", "replace"), mark(held))


def edit_text_again(studio: Studio, asked: Asked, file: str) -> Reply:
    """A text that was sent: shown with its faults, or proposed to be saved."""
    assert asked.form is not None
    written, seen = asked.form.text("texte"), asked.form.one("vu")
    if not seen and read_bytes(studio.live.root, file) is None:
        raise BeffroiError(fault("page-not-found", name=file))  # forms make what is new
    if asked.form.one("faire") != "relire":
        return _show(studio, asked, file, written, seen)
    proposed = propose(studio.live.root, file, format_file(file, written))
    here = f"/redaction/textes/{file}"
    return offer(studio, asked, [Change(file, proposed.content, seen)], here, here)


def try_text(studio: Studio, asked: Asked, file: str) -> Reply:
    """The faults of a text that is being typed."""
    assert asked.form is not None
    told = [{**found.to_json(asked.language), "own": found.place is None or found.place.file == file}
            for found in _faults(studio, file, asked.form.text("texte"))]  # fmt: skip
    return reply_json({"faults": told, "main": None, "untranslated": []})


def _show(studio: Studio, asked: Asked, file: str, written: str, seen: str) -> Reply:
    return show(
        studio, asked, "text", file=file, written=written, seen=seen, line=asked.query.one("ligne"),
        faults=_faults(studio, file, written), unsaved=False, saved=asked.query.one("enregistre"),
    )  # fmt: skip


def _faults(studio: Studio, file: str, written: str) -> tuple[Fault, ...]:
    """What would be said of the file, and what would be said elsewhere because of it."""
    if not is_text(file):
        return ()
    before = {(one.code, str(one.place)) for one in studio.live.sketch().faults}
    told = studio.live.examine([propose(studio.live.root, file, written)]).faults
    return tuple(one for one in told if (one.place and one.place.file == file)
                 or (one.code, str(one.place)) not in before)  # fmt: skip


ROUTES = (
    ("GET", f"/textes/{_FILE}", edit_text),
    ("POST", f"/textes/{_FILE}", edit_text_again),
    ("POST", f"/essais/{_FILE}", try_text),
)

__all__ = ["ROUTES"]
