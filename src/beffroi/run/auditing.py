"""An edition gathered to be audited: counted from what it published, with the rules that it was protected under."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import pyarrow.compute as pc

from beffroi.access import BUILDER, PUBLIC, Audience, Reader, allows, partner
from beffroi.errors import BeffroiError, fault
from beffroi.lake.editions import Edition
from beffroi.lake.objects import read_frame
from beffroi.lake.releases import Release
from beffroi.observe.audits import (
    Attempt,
    Audit,
    AuditedBytes,
    AuditedGroup,
    AuditedIndicator,
    AuditedLayer,
    AuditedSource,
    LevelCount,
)
from beffroi.observe.layers import IMAGE
from beffroi.observe.places import LEVEL_ORDER
from beffroi.run.workplaces import Workplace


def audit(workplace: Workplace, edition: str | None = None, audience: str | None = None) -> Audit:
    """What an edition (the one that is served when absent) published: all of it, what everybody has (``public``), or
    what was made of the tables of a partner (``partner:<name>``) for whomever.

    ``no-edition``, ``unknown-edition``, ``audience-unknown``.
    """
    number = edition.zfill(6) if edition and edition.isdigit() else edition
    found = workplace.lake.edition(number)
    release = workplace.lake.release(BUILDER, found.id)
    _check_audience(release, audience)
    return _Gathering(workplace, found, release, audience).audit()


def _check_audience(release: Release, audience: str | None) -> None:
    shelves = ("tables", "indicators", "layers")
    known = {entry["audience"] for shelf in shelves for entry in release.catalogue.get(shelf, {}).values()}
    if audience is not None and audience not in known | {"public"}:
        raise BeffroiError(fault("audience-unknown", name=audience, instead_of=audience, available=known | {"public"}))


class _Gathering:
    """What is gathered of an edition for one audience."""

    def __init__(self, workplace: Workplace, edition: Edition, release: Release, audience: str | None) -> None:
        self._lake, self._edition, self._release, self._audience = workplace.lake, edition, release, audience
        self._catalogue = release.catalogue
        name = (audience or "").removeprefix("partner:")
        self._reader: Reader = BUILDER if audience is None else PUBLIC if audience == "public" else partner(name)
        self._lends = audience is not None and audience != "public"
        self._seen = workplace.lake.release(self._reader, release.edition.id)

    def audit(self) -> Audit:
        catalogue, info = self._catalogue, self._release.edition
        shown = [name for name in sorted(catalogue["indicators"]) if self._is_shown("indicators", name)]
        gathered = {name: self._indicator(name) for name in shown if f"series:{name}" in self._edition.objects}
        groups = [group for group in self._groups(gathered) if group.indicators]
        together = {each.id for group in groups for each in group.indicators}
        layers = [name for name in sorted(catalogue.get("layers", {})) if self._is_shown("layers", name)]
        manifest = self._seen.manifest()
        return Audit(
            info.id, info.built, info.version, self._audience, catalogue["workspace"]["title"],
            catalogue["workspace"]["publisher"], self._release.reference_vintage,
            bool(catalogue["workspace"].get("synthetic")), tuple(groups),
            tuple(each for name, each in gathered.items() if name not in together),
            tuple(self._layer(name) for name in layers if catalogue["layers"][name]["object"]),
            tuple(self._sources(gathered, layers)),
            tuple(event for event in self._seen.corrections() if event["indicator"] in gathered),
            manifest.root if manifest else "", len(manifest.leaves) if manifest else 0,
        )  # fmt: skip

    def _is_shown(self, shelf: str, name: str) -> bool:
        """Whether a thing concerns the audience: what everybody reads, or what was made of what a partner lent."""
        entry = self._catalogue[shelf][name]
        if self._lends and entry.get("kind") == IMAGE:
            return any(self._catalogue["sources"][name]["audience"] == self._audience for name in entry["sources"])
        if self._lends:
            return any(
                self._catalogue["tables"][table]["audience"] == self._audience
                for table in self._behind(entry["tables"])
            )
        return allows(self._reader, Audience(entry["audience"]))

    def _behind(self, tables: Iterable[str]) -> list[str]:
        """Tables, and those that they are made of, as far as there are."""
        waiting, found = list(tables), dict[str, None]()
        while waiting:
            name = waiting.pop(0)
            if name not in found and name in self._catalogue["tables"]:
                found[name] = None
                waiting += self._catalogue["tables"][name]["inputs"]
        return list(found)

    def _may_name(self, table: str) -> bool:
        return allows(self._reader, Audience(self._catalogue["tables"][table]["audience"]))

    def _indicator(self, name: str) -> AuditedIndicator:
        entry, key = self._catalogue["indicators"][name], self._edition.objects[f"series:{name}"]
        item = self._lake.objects.get(key)
        if item is None:
            raise BeffroiError(fault("object-damaged", name=f"series:{name}"))
        series = read_frame(item, ["vintage", "level", "value", "confidentiality"])
        here = series.filter(pc.equal(series["vintage"], self._release.reference_vintage))
        counts = {level: Counter(D=count, C=-count) for level, count in self._hidden_for_others(name).items()}
        for level, value, secrecy in zip(
            *(here[c].to_pylist() for c in ("level", "value", "confidentiality")), strict=True
        ):
            counts.setdefault(level, Counter())[_fate(value, secrecy)] += 1
        order = {level: rank for rank, level in enumerate(LEVEL_ORDER)}
        return AuditedIndicator(
            name, entry["title"], item.audience, entry["state"],
            tuple(table for table in self._behind(entry["tables"]) if self._may_name(table)), tuple(entry["periods"]),
            tuple(
                LevelCount(level, *(counts[level][fate] for fate in ("F", "C", "D", "N", "missing")))
                for level in sorted(counts, key=lambda level: order.get(level, len(order)))
            ),
            series.num_rows - here.num_rows, bool(entry.get("synthetic")),
        )  # fmt: skip

    @cached_property
    def _reports(self) -> Mapping[str, Mapping[str, Any]]:
        """What was reported of each group that was protected together, by label."""
        held = {label: self._lake.objects.get(key) for label, key in self._edition.objects.items()
                if label.startswith("secrecy:")}  # fmt: skip
        return {label: json.loads(item.data.read_text("utf-8")) for label, item in held.items() if item}

    def _hidden_for_others(self, name: str) -> Mapping[str, int]:
        """Rows of an indicator that are hidden for others though their codes do not say so, by level: for those alone
        who may read all the rows of the group."""
        for said in self._reports.values():
            if name in said["indicators"] and said.get("kinds") == "untold" and self._may_read(said["tables"]):
                vintage = str(self._release.reference_vintage)
                found: Mapping[str, int] = said["hidden_for_others"].get(name, {}).get(vintage, {})
                return found
        return {}

    def _may_read(self, tables: Iterable[str]) -> bool:
        return all(name in self._catalogue["tables"] and self._may_name(name) for name in tables)

    def _groups(self, gathered: Mapping[str, AuditedIndicator]) -> Iterable[AuditedGroup]:
        for label, said in self._reports.items():
            name = label.removeprefix("secrecy:")
            own = [gathered[each] for each in said["indicators"] if each in gathered]
            tells_kinds = said.get("kinds") != "untold" or self._may_read(said["tables"])
            attempts = [
                _attempt(each, counts, tells_kinds)
                for each, counts in said["audiences"].items()
                if self._audience is None or each in ("public", self._audience)
            ]
            yield AuditedGroup(
                name if self._may_tell(name, None) else "", tuple(own),
                0 if self._audience else len(said["indicators"]) - len(own),
                said["method"], tuple(self._rules(said)), tuple(attempts), self._remembered(label),
                tells_kinds,
            )  # fmt: skip

    def _rules(self, said: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """The rules that were in force, as the report has them, or the catalogue of an edition of before; those of
        tables that the audience may not know of are left out."""
        rules = said.get("rules")
        if rules is None:
            tables, indicators = self._catalogue["tables"], self._catalogue["indicators"]
            held = [("table", n, tables[n].get("secrecy")) for n in said["tables"] if n in tables]
            held += [("indicator", n, indicators[n].get("protection")) for n in said["indicators"] if n in indicators]
            rules = [{kind: name, **secrecy} for kind, name, secrecy in held if secrecy]
        for rule in rules:
            if self._may_tell(rule.get("table"), rule.get("indicator")):
                yield rule

    def _may_tell(self, table: str | None, indicator: str | None) -> bool:
        """Whether the audience may know of the table, or of the indicator, that a rule is of."""
        if table is not None:
            return table in self._catalogue["tables"] and self._may_name(table)
        return indicator in self._catalogue["indicators"] and self._is_shown("indicators", str(indicator))

    def _remembered(self, label: str) -> int:
        """How many earlier editions' figures were held against this one."""
        item = self._lake.objects.get(self._edition.objects.get(label.replace("secrecy:", "told:", 1), ""))
        # The first is what this edition tells itself.
        return max(len(json.loads(item.data.read_text("utf-8"))["memories"]) - 1, 0) if item else 0

    def _layer(self, name: str) -> AuditedLayer:
        entry = self._catalogue["layers"][name]
        item = self._lake.objects.get(self._edition.objects.get(f"layer:{name}", ""))
        features = None if entry["kind"] == IMAGE else item.rows if item else 0
        return AuditedLayer(name, entry["title"], entry["audience"], features, entry.get("download") != "refused")

    def _is_theirs(self, audience: str) -> bool:
        """Whether a source is one that a partner lent; for others, whether they may read of it."""
        return audience == self._audience if self._lends else allows(self._reader, Audience(audience))

    def _sources(self, gathered: Iterable[str], layers: Iterable[str]) -> Iterable[AuditedSource]:
        entries = [self._catalogue["indicators"][name] for name in gathered]
        entries += [self._catalogue["layers"][name] for name in layers]
        names = sorted({source for entry in entries for source in entry["sources"]})
        # Who lent a file has its sha256 already, and is told it whatever others are not.
        known = (self._release if self._lends else self._seen).catalogue["sources"]
        for name in names:
            entry = known.get(name)
            if entry is not None and self._is_theirs(entry["audience"]):
                yield _source(name, entry, self._release.edition.built)


def _fate(value: float | None, secrecy: str) -> str:
    """Which of the counts a figure goes to."""
    if secrecy != "F":
        return secrecy if secrecy in ("C", "D") else "N"
    return "missing" if value is None else "F"


def _attempt(audience: str, counts: Mapping[str, Any], tells_kinds: bool) -> Attempt:
    cells, published, confidential, known, tried, found = (
        int(counts[name]) for name in ("cells", "published", "confidential", "known_elsewhere", "tried", "found")
    )
    if not tells_kinds:
        return Attempt(audience, cells, published, None, None, None, found, bool(counts["whole"]))
    return Attempt(audience, cells, published, confidential, known, tried, found, bool(counts["whole"]))


def _source(name: str, entry: Mapping[str, Any], built: str) -> AuditedSource:
    legal = entry.get("legal", {})
    until = str(legal.get("until") or "")
    return AuditedSource(
        name, entry["title"], entry["producer"], entry["licence"], entry["use"], legal.get("basis") or {},
        legal.get("agreement") or "", until, bool(until) and until < built[:10], legal.get("secrecy") or {},
        legal.get("secrecy_set_by") or "", tuple(legal.get("outputs", ())), bool(legal.get("personal_data")),
        legal.get("retention") or "", bool(entry.get("synthetic")),
        tuple(
            AuditedBytes(", ".join(f"{key}={value}" for key, value in each["part"].items()), each["sha256"] or "",
                         each["bytes"], each["fetched"])
            for each in entry["snapshots"]
        ),
    )  # fmt: skip


__all__ = ["audit"]
