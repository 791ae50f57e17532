"""What groupings must be: members with well-formed codes, no grouping inside itself."""

from collections.abc import Iterator

from beffroi.catalog.groupings import Grouping
from beffroi.catalog.reading.documents import ScalarNode
from beffroi.catalog.reading.shapes import unread
from beffroi.catalog.rules.drafts import Draft, Drafts, check_reference, check_repeats
from beffroi.catalog.rules.workspaces import check_code
from beffroi.errors import Fault


def check_grouping(draft: Draft[Grouping], drafts: Drafts) -> Iterator[Fault]:
    """The faults of one file of ``territories/``."""
    members = draft.value.members
    if unread(members):
        return
    lists = (members.communes, members.epci, members.groupings)
    if not any(unread(items) for items in lists) and not any(draft.node("members", key) for key in _KEYS):
        yield draft.fault("empty-value", "members", name="members")
    for key in _KEYS:
        values = getattr(members, key)
        if unread(values):
            continue
        yield from check_repeats(draft, values, "members", key)
        node = draft.node("members", key)
        if node is not None and getattr(node, "items", None) == []:
            yield draft.fault("empty-value", "members", key, name=key)
        for index, item in enumerate(getattr(node, "items", ())):
            if not isinstance(item, ScalarNode):
                continue
            if key == "groupings":
                yield from check_reference(
                    draft, drafts.groupings, item.text, "unknown-grouping", "members", key, index
                )
            else:
                yield from check_code(draft, _KEYS[key], item.text, "members", key, index)


_KEYS = {"communes": "commune", "epci": "epci", "groupings": "grouping"}
