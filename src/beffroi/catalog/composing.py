"""New texts, from what somebody chose in a form: blocks, pages, observatories, declarations, in canonical form.

What is composed may be at fault; ``check_catalog`` says so, as of any other text.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from beffroi.catalog.formatting import format_text, set_keys
from beffroi.catalog.observatories import Observatory, PageHead
from beffroi.catalog.page_formatting import format_page
from beffroi.catalog.reading.documents import parse_document
from beffroi.catalog.reading.shapes import read_plainly


def compose_declaration(content: Mapping[str, Any], model: Any) -> str:
    """A declaration as YAML; keys without a value (None, an empty text, list or mapping) are left out."""
    return format_text(json.dumps(_said(content), ensure_ascii=False), model)


def compose_block(kind: str, content: Mapping[str, Any]) -> str:
    """A block of a page, its marks included."""
    return f"```{kind}\n{compose_declaration(content, Any)}```\n"


def compose_page(head: Mapping[str, Any], prose: str = "") -> str:
    """A page that begins."""
    return format_page(f"---\n{compose_declaration(head, PageHead)}---\n\n{prose}")


def compose_observatory(content: Mapping[str, Any]) -> str:
    """An ``observatory.yaml``."""
    return compose_declaration(content, Observatory)


def change_observatory(text: str, content: Mapping[str, Any], renamed: Mapping[str, str] | None = None) -> str:
    """An ``observatory.yaml`` with some keys said otherwise, its comments kept; a key without a value goes."""
    values = {key: value if value not in ("", [], {}) else None for key, value in content.items()}
    return set_keys(text, Observatory, values, renamed)


def read_keys(text: str) -> dict[str, Any]:
    """What a declaration says, whatever it is worth; nothing where it cannot be read."""
    document, _ = parse_document(text, "")
    said = {} if document is None else read_plainly(document.root)
    return said if isinstance(said, dict) else {}


def list_pages(observatory: str) -> list[str]:
    """The pages of an ``observatory.yaml``, in order; none where they cannot be read."""
    said = read_keys(observatory).get("pages")
    return [str(name) for name in said] if isinstance(said, list) else []


def name_for(title: str, taken: frozenset[str] = frozenset()) -> str:
    """A name of file or folder for a title: « Où l'on vit » gives ``ou_l_on_vit``; a number is added if it is taken."""
    plain = (
        unicodedata.normalize("NFKD", title.replace("œ", "oe").replace("Œ", "oe")).encode("ascii", "ignore").decode()
    )
    stem = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:48].strip("_")
    stem = stem if stem[:1].isalpha() else f"n_{stem}".rstrip("_")
    name, again = stem, 2
    while name in taken:
        name, again = f"{stem}_{again}", again + 1
    return name


def _said(content: Any) -> Any:
    if isinstance(content, Mapping):
        kept = {key: _said(value) for key, value in content.items()}
        return {key: value for key, value in kept.items() if value not in (None, "", [], {})}
    return [_said(value) for value in content] if isinstance(content, list | tuple) else content


__all__ = [
    "change_observatory", "compose_block", "compose_declaration", "compose_observatory", "compose_page", "list_pages",
    "name_for", "read_keys",
]  # fmt: skip
