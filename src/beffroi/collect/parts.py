"""Parts of a source: one fetch for each, with its variables put in the location's text.

A source without parts has one, without variables. Only the names of the part's own variables are replaced, so that
a regular expression such as ``^p(\\d{4})$`` keeps its braces.
"""

import re
from collections.abc import Mapping
from typing import Any

from beffroi.catalog.sources import FileSpec, Location, Source

Part = tuple[tuple[str, str], ...]
"""Variables of a part with their values as text, in the order of the declaration."""

_VARIABLE = re.compile(r"\{([A-Za-z_]\w*)\}")


def list_parts(source: Source) -> list[Part]:
    """The parts of ``source``: at least one."""
    return [tuple(part.items()) for part in source.parts] or [()]


def part_label(part: Part) -> str:
    """The part's name in the lock and in messages: ``vintage=2021``; empty for a source without parts."""
    return ",".join(f"{name}={value}" for name, value in part)


def locations_of(source: Source, part: Part) -> list[Location]:
    """The locations in order of trust, with the part's variables in place."""
    values = dict(part)
    if not values:
        return list(source.locations)
    return [
        Location.model_validate(_substitute(location.model_dump(exclude_unset=True), values))
        for location in source.locations
    ]


def files_of(source: Source, part: Part, location: int) -> dict[str, FileSpec]:
    """The files to read from what location number ``location`` (from 1) gave: the source's, with its overrides."""
    declared: dict[str, FileSpec] = {**source.files}
    if 1 <= location <= len(source.locations):
        declared |= source.locations[location - 1].files
    values = dict(part)
    if not values:
        return declared
    return {
        name: FileSpec.model_validate(_substitute(spec.model_dump(exclude_unset=True), values))
        for name, spec in declared.items()
    }


def _substitute(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), value)
    if isinstance(value, dict):
        return {key: _substitute(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_substitute(item, values) for item in value]
    return value
