"""What the pages of a site tell of themselves to who writes them, in the bar over each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from beffroi.errors import Fault


@dataclass(frozen=True)
class Bench:
    """What a page tells of itself to who writes it, over the page: see ``authoring/bar.html``.

    ``faults`` are those that keep pages from being shown as they are written, by page;
    ``others`` those of the rest of the workspace; ``pending`` what a build would take up. ``edits`` when pages may be
    written here. ``pass_`` is what a form must give back.
    """

    version: str
    faults: Mapping[str, Sequence[Fault]]
    others: Sequence[Fault]
    pending: Sequence[str]
    edits: bool
    pass_: str
    building: bool = False

    def page_at(self, path: str) -> str:
        """The page of an address (``housing/index``); empty when it is not that of a page."""
        pieces = path.strip("/").split("/")
        return "/".join(pieces[1:3]) if pieces[0] == "observatoires" and len(pieces) >= 3 else ""


__all__ = ["Bench"]
