"""A workbook of territories by years, made a source of the workspace: what is recognised in it, and the texts of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from beffroi.catalog.composing import compose_declaration, name_for
from beffroi.catalog.indicators import INDICATOR_KINDS
from beffroi.catalog.sources import Source
from beffroi.catalog.workspaces import PIECES, QPV
from beffroi.collect.surveying import LEVELS, Refused, Survey, survey_workbook
from beffroi.lake.releases import Release

USES = {"lov2": "open", "odbl": "open", "cc-by-4.0": "open", "agreement": "agreement", "purchased": "purchased"}
"""Licences that a form offers, with the use that goes with each."""
_OFFICIAL = (*PIECES, "commune", "epci", "departement", "region")


@dataclass(frozen=True)
class Answers:
    """What a workbook does not say, and somebody must: whose it is, under which terms, what it measures."""

    title: str
    producer: str
    licence: str
    theme: str
    unit: str
    definition: str
    adds_up: bool
    vintage: int
    audience: str = "public"
    title_en: str = ""
    definition_en: str = ""

    @property
    def titles(self) -> str | dict[str, str]:
        return {"fr": self.title, "en": self.title_en} if self.title_en else self.title

    @property
    def definitions(self) -> str | dict[str, str]:
        return {"fr": self.definition, "en": self.definition_en} if self.definition_en else self.definition


def survey(release: Release, content: bytes, vintage: int | None = None) -> tuple[Survey, int]:
    """What is recognised in a workbook, in the geography asked for, or in the released one that knows most codes."""
    workspace = release.catalogue["workspace"]
    vintages = [vintage] if vintage else [release.reference_vintage, *workspace.get("vintages", [])]
    merged = _merged(release)
    found = [(survey_workbook(content, _codes(release, year), merged), year) for year in vintages]
    return max(found, key=lambda pair: pair[0].known)


def _codes(release: Release, vintage: int) -> dict[str, set[str]]:
    table = release.territories(vintage).select(["level", "code"]).to_pylist()
    known: dict[str, set[str]] = {level: set() for level in _OFFICIAL}
    for row in table:
        if row["level"] in known:
            known[row["level"]].add(row["code"])
    return known


def _merged(release: Release) -> dict[str, str]:
    events = release.events()
    if events is None:
        return {}
    rows = events.select(["kind", "code_before", "code_after", "name_after"]).to_pylist()
    return {
        row["code_before"]: f"{row['name_after']} ({row['code_after']})"
        for row in rows
        if row["kind"] in ("merger", "code") and row["code_before"] != row["code_after"]
    }


def compose_files(
    found: Survey, answers: Answers, workbook: tuple[str, bytes], taken: frozenset[str]
) -> dict[str, str | bytes]:
    """The files of the source and of its indicator, by their path in the workspace; ``taken`` are ids of sources and
    indicators that exist."""
    name = name_for(answers.title, frozenset(each.rpartition("/")[2] for each in taken))
    source, indicator = f"deposits/{name}", f"{answers.theme}/{name}"
    file = name_for(PurePosixPath(workbook[0].replace("\\", "/")).stem) + ".xlsx"
    folder = f"sources/{source}"
    return {
        f"{folder}/{file}": workbook[1],
        f"{folder}/table.sql": _select(found),
        f"{folder}/source.yaml": compose_declaration(_source(found, answers, file), Source),
        f"indicators/{indicator}.yaml": _indicator(answers, source),
    }


def _source(found: Survey, answers: Answers, file: str) -> dict[str, Any]:
    today = datetime.now(UTC).date().isoformat()
    level, years = found.level, found.years
    period = years[0] if len(years) == 1 else f"{years[0]} à {years[-1]}"
    left_out = sum(each.reason in ("empty", "total", "malformed") for each in found.refused)
    unknown = sum(each.reason in ("unknown", "merged") for each in found.refused)
    notes = [f"Classeur chargé le {today}, feuille « {found.sheet} »."]
    notes += [f"Lignes sans code de territoire, laissées de côté : {left_out}."] if left_out else []
    notes += [f"Codes inconnus en {answers.vintage}, comptés sans lieu : {unknown}."] if unknown else []
    return {
        "title": answers.titles,
        "description": " ".join(notes),
        "producer": answers.producer,
        "licence": answers.licence,
        "use": USES[answers.licence],
        "themes": [answers.theme],
        "periods": period,
        "frequency": "yearly",
        # The reader was tried on this file by a program alone: nobody compared it with anything.
        "verified_against": "none",
        "locations": [{"file": {"path": file}}],
        "files": {"workbook": {"read": {
            "format": "xlsx", "sheet": found.sheet, "header_row": found.header_row,
            "missing": ["", *found.texts] if found.texts else [],
            "types": {"value": _value_type(found)},
            "wide": {"keep": [found.code_column], "columns": found.pattern, "period": "year", "value": "value"},
        }}},
        "table": {
            "rows": "une ligne par commune et par année" if level == "commune" else "une ligne par territoire et année",
            "key": ["territory", "year"],
            "columns": {
                "territory": {"type": "text", "title": "Code du territoire", "definition": _code_words(found)},
                "year": {"type": "integer", "title": "Année", "definition": "Année que porte le nom de la colonne."},
                "value": {
                    "type": _value_type(found), "title": answers.titles, "definition": answers.definitions,
                    "unit": answers.unit,
                },
            },
            "territory": {
                "column": "territory", "level": level, "vintage": None if level in QPV else answers.vintage,
                "repair": ["leading_zeros"] if found.zeros else [],
            },
            "period": {"column": "year"},
            "audience": answers.audience if answers.audience != "public" else None,
        },
    }  # fmt: skip


def _code_words(found: Survey) -> str:
    return f"Colonne « {found.code_column} » du classeur."


def _value_type(found: Survey) -> str:
    """Exact as far as it can be: six digits after the mark is all that ``decimal`` holds."""
    return "integer" if found.decimals == 0 else "decimal" if found.decimals <= 6 else "number"


def _select(found: Survey) -> str:
    """Rows whose code has the form of one: totals and titles are not territories."""
    form = LEVELS[found.level].pattern
    if found.zeros:
        form += r"|\d{4}" if found.level == "commune" else r"|\d{8}"
    column = '"' + found.code_column.replace('"', '""') + '"'
    return (
        f"select\n  {column} as territory,\n  cast(year as integer) as year,\n  value\nfrom workbook\n"
        f"where regexp_full_match({column}, '{form}')\n"
    )


def _indicator(answers: Answers, source: str) -> str:
    kind = "sum" if answers.adds_up else "published"
    content: Mapping[str, Any] = {
        "title": answers.titles, "definition": answers.definitions, "theme": answers.theme, "unit": answers.unit,
        "kind": kind, "table": source, "column": "value",
    }  # fmt: skip
    return compose_declaration(content, INDICATOR_KINDS[kind])


__all__ = ["USES", "Answers", "Refused", "Survey", "compose_files", "survey"]
