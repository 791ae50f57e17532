"""Whether search engines may list what is shown: a source may refuse it for all that comes from it.

It concerns lists of search engines alone: who may see a value was decided when the release was made.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from beffroi.observe.atlases import Atlas
from beffroi.observe.citations import list_cited
from beffroi.observe.shelves import sources_of_table


def may_list_sources(atlas: Atlas, sources: Iterable[str]) -> bool:
    """Whether none of the sources refuses (``legal: indexing: refused``)."""
    known = atlas.catalogue["sources"]
    return all(known.get(name, {}).get("legal", {}).get("indexing") != "refused" for name in sources)


def may_list_made(atlas: Atlas, entry: Mapping[str, Any]) -> bool:
    """The same of what an indicator or a layer is made from, near or far, open to the reader or not."""
    cited = (source for _, source, _ in list_cited(atlas.catalogue, entry))
    return all((source.get("legal") or {}).get("indexing") != "refused" for source in cited)


def may_list(atlas: Atlas, indicators: Iterable[str]) -> bool:
    """Whether a page that shows these indicators may be listed: every source near or far allows it."""
    entries = atlas.catalogue["indicators"]
    return all(may_list_made(atlas, entries.get(name, {})) for name in indicators)


def may_list_entry(atlas: Atlas, kind: str, name: str) -> bool:
    """The same of the page of a source, a table or an indicator."""
    if kind == "indicator":
        return may_list(atlas, [name])
    return may_list_sources(atlas, [name] if kind == "source" else sources_of_table(atlas, name))


def may_list_portrait(atlas: Atlas, level: str) -> bool:
    """The same of the portraits of a level: each shows all that is given of its territories."""
    return may_list(atlas, (m.id for m in atlas.told if level in m.entry["levels"]))


__all__ = ["may_list", "may_list_entry", "may_list_made", "may_list_portrait", "may_list_sources"]
