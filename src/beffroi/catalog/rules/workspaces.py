"""What ``workspace.yaml`` must be beside the rest: perimeter, comparisons, roles of tables, partners, colour."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from beffroi.catalog.reading.shapes import UNREAD, unread
from beffroi.catalog.roles import ROLES
from beffroi.catalog.rules.drafts import Draft, Drafts, TableDraft, check_reference, check_repeats
from beffroi.catalog.rules.indicators import indicator_audience
from beffroi.catalog.rules.tables import table_audience
from beffroi.catalog.workspaces import LEVELS, QPV, Workspace
from beffroi.errors import Fault, nearest_match

MINIMUM_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3: text on its background."""

CODES: Mapping[str, tuple[re.Pattern[str], str]] = {
    "iris": (re.compile(r"(\d{5}|2[AB]\d{3})\d{4}"), "624980101"),
    "qpv_2024": (re.compile(r"QN(0\d\d|02[AB]|9[78]\d)\d\d[A-Z]"), "QN06201M"),
    "qpv_2015": (re.compile(r"QP(0\d\d|02[AB]|9[78]\d)\d{3}"), "QP062001"),
    "commune": (re.compile(r"\d{5}|2[AB]\d{3}"), "62498, 2A004, 97105"),
    "epci": (re.compile(r"\d{9}"), "246200364"),
    "arrondissement": (re.compile(r"\d{3}|2[AB]\d|97\d{2}"), "623"),
    "departement": (re.compile(r"\d{2}|2[AB]|97\d"), "62, 2A, 974"),
    "region": (re.compile(r"\d{2}"), "32"),
    "pays": (re.compile(r"[A-Z]{2}|\d+"), "FR"),
}
"""What a code of each level of the official list looks like, and an example."""

_PARTNER = re.compile(r"[a-z][a-z0-9_-]*")


def check_workspace(draft: Draft[Workspace], drafts: Drafts) -> Iterator[Fault]:
    """The faults of ``workspace.yaml`` by itself and in what it refers to."""
    workspace = draft.value
    yield from check_repeats(draft, workspace.languages, "languages")
    yield from check_repeats(draft, workspace.levels, "levels")
    yield from check_repeats(draft, workspace.vintages, "vintages")
    yield from check_repeats(draft, workspace.compare_with, "compare_with")
    yield from check_reference(draft, drafts.groupings, workspace.perimeter, "unknown-grouping", "perimeter")
    if not unread(workspace.compare_with):
        for index, _ in enumerate(getattr(draft.node("compare_with"), "items", ())):
            yield from _check_comparison(draft, drafts, index)
    yield from _check_portrait(draft, drafts)
    if not unread(workspace.territories):
        for role in ROLES:
            table = getattr(workspace.territories, role)
            if table is not None:
                yield from check_reference(draft, drafts.tables, table, "unknown-table", "territories", role)
        for index, level in enumerate(() if unread(workspace.levels) else workspace.levels):
            if level in QPV and getattr(workspace.territories, level) is None:
                yield draft.fault("qpv-list-missing", "levels", index, level=level)
    yield from _check_audiences(draft)
    if workspace.synthetic and workspace.why is None:
        yield draft.fault("missing-why", "synthetic", name="synthetic")
    accent = UNREAD if unread(workspace.identity) else workspace.identity.accent
    if not unread(accent) and (contrast := contrast_on_white(accent)) < MINIMUM_CONTRAST:
        yield draft.fault(
            "low-contrast", "identity", "accent", colour=accent, contrast=f"{contrast:.1f}", least=MINIMUM_CONTRAST
        )
    yield from _check_audit(draft)


def check_role(role: str, table: TableDraft, drafts: Drafts) -> Iterator[Fault]:
    """Whether a table has the columns that its role asks for, and is public; said in the table's own file."""
    audience = table_audience(table, drafts)
    if not unread(audience) and audience != "public":
        yield table.fault("role-not-public", "audience", role=role, audience=audience)
    if unread(table.value, table.value.columns, table.columns):
        return
    doubtful = [name for name, column in table.columns.items() if unread(column)]
    for name, wanted in ROLES[role].items():
        column = table.columns.get(name)
        if column is None and wanted.optional:
            continue
        if column is None:
            # A column that the contract seeks in vain, or a geometry whose system it gives, is told as such.
            told = name in table.sought() or (wanted.types == ("geometry",) and table.value.crs is not None)
            if nearest_match(name, doubtful) is None and not told:
                yield table.fault(
                    "role-column-missing", "columns", role=role, name=name, instead_of=name, available=table.columns
                )
        elif not unread(column, column.type) and column.type not in wanted.types:
            yield table.fault(
                "unsuitable-column", "columns", name, name=name, type=column.type, wanted=", ".join(wanted.types)
            )


def contrast_on_white(colour: str) -> float:
    """The WCAG contrast of ``#rrggbb`` beside white: from 1 to 21."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def check_code(draft: Draft[Any], level: str, code: str, *path: str | int) -> Iterator[Fault]:
    """One fault when a code cannot be one of its level; a commune's four digits have lost a zero."""
    pattern, example = CODES[level]
    if not pattern.fullmatch(code):
        lost = level == "commune" and re.fullmatch(r"\d{4}", code) is not None
        yield draft.fault("bad-code", *path, value=code, level=level, example=f"0{code}" if lost else example)


def _check_comparison(draft: Draft[Workspace], drafts: Drafts, index: int) -> Iterator[Fault]:
    written = getattr(draft.node("compare_with", index), "text", None)
    if written is None:
        return
    level, colon, code = written.partition(":")
    path = ("compare_with", index)
    if not colon or not code:
        yield draft.fault("bad-format", *path, value=written, example="departement:62")
    elif level not in LEVELS:
        yield draft.fault("unknown-value", *path, value=level, instead_of=level, available=LEVELS)
    elif level not in drafts.levels:
        yield draft.fault("level-not-kept", *path, name=level, also="", available=drafts.levels)
    elif level == "grouping":
        yield from check_reference(draft, drafts.groupings, code, "unknown-grouping", *path)
    else:
        yield from check_code(draft, level, code, *path)


def _check_portrait(draft: Draft[Workspace], drafts: Drafts) -> Iterator[Fault]:
    """Indicators that portraits name are declared; those that tell communes alike are given to communes, to all."""
    workspace = draft.value
    yield from check_repeats(draft, workspace.portrait, "portrait")
    for index, name in enumerate(() if unread(workspace.portrait) else workspace.portrait):
        yield from check_reference(draft, drafts.indicators, name, "undeclared-indicator", "portrait", index)
    if workspace.similar is None or unread(workspace.similar, workspace.similar.indicators):
        return
    if "commune" not in drafts.levels:
        yield draft.fault("level-not-kept", "similar", name="commune", also="", available=drafts.levels)
    for name, criterion in workspace.similar.indicators.items():
        path = ("similar", "indicators", name)
        yield from check_reference(draft, drafts.indicators, name, "undeclared-indicator", *path)
        found = drafts.indicators.find(name)
        if not isinstance(found, Draft):
            continue
        audience, kind = indicator_audience(found, drafts), getattr(found.value, "kind", None)
        if not unread(audience) and audience != "public":
            yield draft.fault("similar-not-public", *path, name=name, audience=audience)
        if kind == "change" and not unread(criterion) and criterion.scale == "log":
            yield draft.fault("log-of-change", *path, "scale", name=name)


def _check_audit(draft: Draft[Workspace]) -> Iterator[Fault]:
    """An audit cannot find more criteria met than there are."""
    audit = draft.value.accessibility
    if audit is None or unread(audit, audit.criteria_met, audit.criteria_applicable):
        return
    if audit.criteria_met > audit.criteria_applicable:
        met, applicable = audit.criteria_met, audit.criteria_applicable
        yield draft.fault("audit-miscounted", "accessibility", "criteria_met", met=met, applicable=applicable)


def _check_audiences(draft: Draft[Workspace]) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for name, audience in draft.value.audiences.items():
        if not _PARTNER.fullmatch(name):
            yield draft.fault("bad-format", "audiences", name, value=name, example="smt_artois")
        if unread(audience) or unread(audience.token_env):
            continue
        # A token in capitals has the form of a name: what is written is not shown here either.
        if (owner := owners.setdefault(audience.token_env, name)) != name:
            yield draft.fault("variable-taken", "audiences", name, "token_env", name=owner)
