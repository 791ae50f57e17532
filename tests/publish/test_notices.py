"""What machines are told of a site: what changed, which pages there are, which not to list."""

import dataclasses
from typing import Any

from beffroi.lake.releases import EditionInfo, Release
from beffroi.observe import Atlas
from beffroi.publish.exports.inventories import EVERYTHING
from beffroi.publish.notices import compare_editions, date_change, list_refused, narrow, write_robots, write_sitemaps
from tests.observe.paged import build_paged_release

BASE = "https://exemple.test/agence"


def edition_of(number: str, values: str, text: str, line: int) -> Release:
    page = {"indicators": ["a/b"], "texts": {"fr": {"title": text, "parts": [{"line": line, "file": "x.md"}]}}}
    catalogue: dict[str, Any] = {
        "indicators": {"a/b": {"title": {"fr": "B"}, "object": values}, "a/c": {"title": {"fr": "C"}, "object": None}},
        "pages": {"o/p": page},
        "observatories": {"o": {"title": {"fr": "O"}, "pages": ["o/p"]}, "q": {"title": {"fr": "Q"}, "pages": []}},
    }
    info = EditionInfo(number, f"2026-11-2{number[-1]}T06:00:00+00:00", "1")
    return dataclasses.replace(build_paged_release(), edition=info, catalogue=catalogue)


EDITIONS = [edition_of("000001", "k1", "Un", 1), edition_of("000002", "k1", "Un", 9),
            edition_of("000003", "k2", "Deux", 9)]  # fmt: skip


def test_editions_are_compared_by_what_is_seen_of_them() -> None:
    renewals = compare_editions(iter(EDITIONS))
    assert [each.edition for each in renewals] == ["000003", "000001"], "a line that moved is no news"
    assert (renewals[0].new_values, renewals[0].pages) == (("a/b",), ("o/p",))
    assert renewals[1].new_indicators == ("a/b",), "what was not released is no news either"
    assert len(narrow(renewals, EDITIONS[-1].catalogue, "o")) == 2
    assert [each.first for each in narrow(renewals, EDITIONS[-1].catalogue, "q")] == [True]


def test_a_page_is_as_old_as_what_it_shows() -> None:
    renewals = compare_editions(EDITIONS)
    assert date_change(renewals, ("indicator:a/b",))[:10] == "2026-11-23"
    assert date_change(renewals, ("page:o/p", "head:o/p"))[:10] == "2026-11-23"
    assert date_change(renewals, (EVERYTHING,))[:10] == "2026-11-23"
    assert date_change(renewals, ("source:s/t",))[:10] == "2026-11-21"


def test_a_site_map_is_split() -> None:
    few = write_sitemaps([("", "2026-11-20T06:30:00Z")], BASE)
    assert list(few) == ["sitemap.xml"]
    assert f"<loc>{BASE}/</loc><lastmod>2026-11-20</lastmod>".encode() in few["sitemap.xml"]
    many = write_sitemaps([(f"{number}/", "2026-11-20") for number in range(50_001)], BASE)
    assert list(many) == ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml"]
    assert many["sitemap-1.xml"].count(b"<loc>") == 50_000
    assert many["sitemap.xml"].count(b"<loc>") == 2


def test_robots_are_told_what_a_source_refuses() -> None:
    assert write_robots("", []) == b"User-agent: *\nAllow: /\n"
    told = write_robots(BASE, ["donnees/a/b."]).decode()
    assert "Disallow: /agence/donnees/a/b." in told
    assert f"Sitemap: {BASE}/sitemap.xml" in told


def test_what_a_source_refuses_is_refused_in_every_language() -> None:
    release = build_paged_release()
    source = release.catalogue["indicators"]["housing/vacancy_rate"]["sources"][0]
    assert list_refused(Atlas(release)) == []
    release.catalogue["sources"][source]["legal"] = {"indexing": "refused"}
    refused = list_refused(Atlas(release))
    assert {"donnees/housing/vacancy_rate.", "en/donnees/housing/vacancy_rate."} <= set(refused)
    assert "en/observatoires/housing/index/*/figures/" in refused
