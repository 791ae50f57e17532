"""Which file of ``observatories/`` is which page, in which language."""

import re


def page_file(page: str, language: str) -> str:
    """The file of a page (``housing/index``) in a language."""
    return f"observatories/{page}{'' if language == 'fr' else f'.{language}'}.md"


def page_of(file: str) -> tuple[str, str] | None:
    """The page and the language of a file, or the text that pages include (``housing/_census``); None for another."""
    found = re.fullmatch(r"observatories/([a-z][a-z0-9_]*/_?[a-z][a-z0-9_]*)(?:\.(en))?\.md", file)
    return None if found is None else (found[1], found[2] or "fr")


__all__ = ["page_file", "page_of"]
