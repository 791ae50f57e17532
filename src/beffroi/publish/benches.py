"""What the pages of a site tell of themselves to who writes them, in the bar over each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from beffroi.catalog.page_files import page_of
from beffroi.catalog.writing import FOLDERS, is_text
from beffroi.errors import Fault


@dataclass(frozen=True)
class Bench:
    """What a page tells of itself to who writes it, over the page: see ``authoring/bar.html``.

    ``faults`` are those that keep pages from being shown as they are written, by page;
    ``others`` those of the rest of the workspace; ``pending`` what a build would take up, ``unpublished``
    the pages that readers will see after one. ``edits`` when pages may be
    written here. ``pass_`` is what a form must give back.
    """

    version: str
    faults: Mapping[str, Sequence[Fault]]
    others: Sequence[Fault]
    pending: Sequence[str]
    unpublished: Sequence[str]
    edits: bool
    pass_: str
    building: bool = False
    built: int = 0
    """How far the build is, in percent."""

    def page_at(self, path: str) -> str:
        """The page of an address (``housing/index``); empty when it is not that of a page."""
        pieces = path.strip("/").split("/")
        return "/".join(pieces[1:3]) if pieces[0] == "observatoires" and len(pieces) >= 3 else ""

    def editor_of(self, found: Fault) -> str:
        """The path of the editor at the line of a fault; empty where its file is not written from here."""
        return "" if found.place is None else self.editor_at(found.place.file, found.place.line)

    def editor_at(self, file: str, line: int | None) -> str:
        """The path of the editor of a text at a line; empty where it is not written from here."""
        return editor_path(file, line) if self.edits else ""

    def text_at(self, path: str) -> str:
        """The path of the editor of the indicator that an address is about; empty for any other address."""
        name = path.removeprefix("/indicateurs/")
        return editor_path(f"indicators/{name}.yaml") if name != path and self.edits else ""


def editor_path(file: str, line: int | None = None) -> str:
    """The path of the editor of a text of the workspace, at a line; empty where it is not written from a browser."""
    if not is_text(file) or file.partition("/")[0] not in FOLDERS:
        return ""
    page = page_of(file)
    asked = [f"langue={page[1]}"] if page else []
    asked += [f"ligne={line}"] if line else []
    start = f"/redaction/pages/{page[0]}" if page else f"/redaction/textes/{file}"
    return f"{start}{'?' if asked else ''}{'&'.join(asked)}"


__all__ = ["Bench", "editor_path"]
