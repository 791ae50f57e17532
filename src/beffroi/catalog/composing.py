"""New texts, from what somebody chose in a form: blocks, pages, observatories, declarations, in canonical form.

What is composed may be at fault; ``check_catalog`` says so, as of any other text.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from beffroi.catalog.formatting import add_to_list, format_text
from beffroi.catalog.observatories import Observatory, PageHead
from beffroi.catalog.page_formatting import format_page


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


def append_block(text: str, block: str, heading: str = "") -> str:
    """A page with one more block at its end, under a heading of its own if there is one."""
    title = f"## {' '.join(heading.split())}\n\n" if heading.strip() else ""
    return format_page(f"{text.rstrip()}\n\n{title}{block}")


def list_page(observatory: str, page: str) -> str:
    """An ``observatory.yaml`` with one more page at the end of its list."""
    return add_to_list(observatory, Observatory, "pages", page)


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
    "append_block", "compose_block", "compose_declaration", "compose_observatory", "compose_page", "list_page",
    "name_for",
]  # fmt: skip
