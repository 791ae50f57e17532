"""Advice: what a workspace may leave out, and would be better with. No fault: nothing is refused for it."""

from beffroi.catalog.catalogs import Catalog
from beffroi.language import text


def advise(catalog: Catalog, language: str) -> tuple[str, ...]:
    """What there is to advise about a workspace, one sentence each."""
    keys = [] if catalog.workspace.identity.contact else ["no_contact"]
    return tuple(text(f"advice.{key}", language) for key in keys)


__all__ = ["advise"]
