"""What machines read of a site: what changed (Atom), which pages there are (site map), which not to list (robots).

Written in the same way for the server and for the files of an export. A feed tells what changed between the editions
that the lake keeps. The same edition has the same identifier for ever, wherever the site is.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

from beffroi.lake.releases import Release
from beffroi.language import LANGUAGES, format_date, pick, text
from beffroi.observe import Atlas
from beffroi.observe.consents import may_list
from beffroi.publish.exports.inventories import EVERYTHING

MOST_ADDRESSES = 50_000
"""Addresses of one file of a site map; beyond, there are several and a list of them."""
_NAMESPACE = uuid.UUID("6f0e3f0a-7d53-5b0e-9c53-3b0a1e1c9a62")


@dataclass(frozen=True)
class Renewal:
    """What an edition changed for the public: names of indicators and of pages; ``first`` when none older is kept."""

    edition: str
    built: str
    first: bool
    new_indicators: tuple[str, ...] = ()
    new_values: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    new_pages: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        told = (self.new_indicators, self.new_values, self.gone, self.new_pages, self.pages, self.corrected)
        return not self.first and not any(told)


def compare_editions(releases: Iterable[Release]) -> tuple[Renewal, ...]:
    """What each edition changed for one reader, the newest first; one that changed nothing of what is seen is left out.

    ``releases`` come oldest first, and only what is compared of each is kept.
    """
    found: list[Renewal] = []
    before: tuple[dict[str, str], dict[str, Any]] | None = None
    for release in releases:
        indicators, pages = _series(release.catalogue), _texts(release.catalogue)
        edition, built = release.edition.id, release.edition.built
        if before is None:
            found.append(Renewal(edition, built, True, tuple(indicators), new_pages=tuple(pages)))
        else:
            series, texts = before
            found.append(
                Renewal(
                    edition,
                    built,
                    False,
                    tuple(name for name in indicators if name not in series),
                    tuple(name for name, key in indicators.items() if name in series and series[name] != key),
                    tuple(name for name in series if name not in indicators),
                    tuple(name for name in pages if name not in texts),
                    tuple(name for name, words in pages.items() if name in texts and texts[name] != words),
                    tuple(each["indicator"] for each in release.corrections() if each["edition"] == edition),
                )
            )
        before = indicators, pages
    return tuple(renewal for renewal in reversed(found) if not renewal.is_empty)


def _series(catalogue: Mapping[str, Any]) -> dict[str, str]:
    """The object of each series that is released."""
    return {name: entry["object"] for name, entry in catalogue["indicators"].items() if entry.get("object")}


def _texts(catalogue: Mapping[str, Any]) -> dict[str, Any]:
    """What readers see of each page's text: not the lines where it is written."""
    return {
        name: {language: _without_places(text_of) for language, text_of in page["texts"].items()}
        for name, page in catalogue.get("pages", {}).items()
    }


def _without_places(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_places(each) for key, each in value.items() if key not in ("line", "file")}
    return [_without_places(each) for each in value] if isinstance(value, list) else value


def narrow(renewals: Iterable[Renewal], catalogue: Mapping[str, Any], observatory: str) -> tuple[Renewal, ...]:
    """What of these changes concerns an observatory: its pages, and the indicators that they show."""
    pages = set(catalogue["observatories"][observatory]["pages"])
    shown = {name for page in pages for name in catalogue["pages"][page]["indicators"]}
    found = [
        Renewal(
            each.edition, each.built, each.first, _keep(each.new_indicators, shown), _keep(each.new_values, shown),
            _keep(each.gone, shown), _keep(each.new_pages, pages), _keep(each.pages, pages),
            _keep(each.corrected, shown),
        )
        for each in renewals
    ]  # fmt: skip
    return tuple(renewal for renewal in found if not renewal.is_empty)


def _keep(names: Iterable[str], known: set[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in known)


def write_feed(
    catalogue: Mapping[str, Any], renewals: Sequence[Renewal], language: str, lead: Callable[[str], str],
    observatory: str = "",
) -> bytes:  # fmt: skip
    """An Atom feed, of the site or of what concerns an observatory; ``lead`` gives the address of a path of it."""
    workspace = catalogue["workspace"]
    renewals = narrow(renewals, catalogue, observatory) if observatory else renewals
    name = pick((catalogue["observatories"][observatory] if observatory else workspace)["title"], language)
    path = f"/observatoires/{observatory}" if observatory else "/"
    itself = f"{path.rstrip('/')}/flux.xml"
    updated = _moment(renewals[0].built) if renewals else "1970-01-01T00:00:00Z"
    entries = "".join(_write_entry(catalogue, each, language, lead, observatory) for each in renewals)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">\n'
        f"<title>{escape(text('export.feed_title', language, title=name))}</title>\n"
        f"<id>{_urn(workspace, 'feed', language, observatory)}</id>\n<updated>{updated}</updated>\n"
        f"<author><name>{escape(workspace['publisher'])}</name></author>\n"
        f'<link rel="alternate" type="text/html" href="{escape(lead(path))}"/>\n'
        f'<link rel="self" type="application/atom+xml" href="{escape(lead(itself))}"/>\n'
        f"{entries}</feed>\n"
    ).encode()


def _write_entry(
    catalogue: Mapping[str, Any], renewal: Renewal, language: str, lead: Callable[[str], str], observatory: str
) -> str:
    title = text("export.feed_updated", language, date=format_date(renewal.built, language))
    parts = []
    if renewal.first:
        count = {"indicators": len(renewal.new_indicators), "pages": len(renewal.new_pages)}
        held = text("export.feed_held", language, **count)
        parts.append(f"<p>{escape(text('export.feed_first', language))} : {escape(held)}.</p>")
    else:
        indicators, pages = catalogue["indicators"], catalogue.get("pages", {})
        parts += [
            _list(text(f"export.feed_{key}", language), names, lambda name: _name_indicator(indicators, name, language),
                  lambda name: lead(f"/indicateurs/{name}") if name in indicators else "")
            for key, names in (("new_indicators", renewal.new_indicators), ("new_values", renewal.new_values),
                               ("gone", renewal.gone))
        ]  # fmt: skip
        parts.append(
            _list(text("correction.feed", language), renewal.corrected,
                  lambda name: _name_indicator(indicators, name, language), lambda name: lead("/corrections"))
        )  # fmt: skip
        parts += [
            _list(text(f"export.feed_{key}", language), names, lambda name: _name_page(catalogue, name, language),
                  lambda name: lead(f"/observatoires/{name}") if name in pages else "")
            for key, names in (("new_pages", renewal.new_pages), ("pages", renewal.pages))
        ]  # fmt: skip
    path = f"/observatoires/{observatory}" if observatory else "/"
    return (
        f"<entry>\n<title>{escape(title)}</title>\n"
        f"<id>{_urn(catalogue['workspace'], renewal.edition, renewal.built, language, observatory)}</id>\n"
        f"<updated>{_moment(renewal.built)}</updated>\n"
        f'<link rel="alternate" type="text/html" href="{escape(lead(path))}"/>\n'
        f'<content type="html">{escape("".join(parts))}</content>\n</entry>\n'
    )


def _list(heading: str, names: Sequence[str], say: Callable[[str], str], lead: Callable[[str], str]) -> str:
    if not names:
        return ""
    lines = "".join(
        f'<li><a href="{escape(address)}">{escape(say(name))}</a></li>'
        if (address := lead(name))
        else f"<li>{escape(say(name))}</li>"
        for name in names
    )
    return f"<h3>{escape(heading)}</h3><ul>{lines}</ul>"


def _name_indicator(indicators: Mapping[str, Any], name: str, language: str) -> str:
    return pick(indicators[name]["title"], language) if name in indicators else name


def _name_page(catalogue: Mapping[str, Any], name: str, language: str) -> str:
    """A page by its observatory and its own name: its title may hold values of a territory."""
    entry = catalogue["observatories"].get(name.partition("/")[0])
    return f"{pick(entry['title'], language)} ({name})" if entry else name


def _urn(workspace: Mapping[str, Any], *parts: str) -> str:
    """The same name for the same thing for ever, wherever the site is."""
    named = "\n".join((workspace["publisher"], str(workspace["perimeter"]), *parts))
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, named)}"


def _moment(built: str) -> str:
    """A moment as Atom writes it; a day alone is its first second."""
    moment = datetime.fromisoformat(built)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def date_change(renewals: Sequence[Renewal], reads: Iterable[str]) -> str:
    """When what a page is drawn from last changed, as far as is known: the moment of an edition.

    ``reads`` are those of a ``Sheet``; what reads none of what editions change is as old as the oldest that is kept.
    """
    wanted = set(reads)
    for renewal in renewals:
        told = {f"page:{name}" for name in (*renewal.new_pages, *renewal.pages)}
        told |= {f"indicator:{name}" for name in (*renewal.new_indicators, *renewal.new_values)}
        if EVERYTHING in wanted or wanted & told:
            return renewal.built
    return renewals[-1].built


def write_sitemaps(pages: Sequence[tuple[str, str]], base_url: str) -> dict[str, bytes]:
    """The site map by file: each page (its path from the root) with the day when it was last drawn."""
    base = base_url.rstrip("/")
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    chunks = [pages[first : first + MOST_ADDRESSES] for first in range(0, len(pages), MOST_ADDRESSES)] or [[]]
    written = [
        head + f"<urlset {space}>\n" + "".join(
            f"<url><loc>{escape(f'{base}/{path}')}</loc><lastmod>{day[:10]}</lastmod></url>\n" for path, day in chunk
        ) + "</urlset>\n"
        for chunk in chunks
    ]  # fmt: skip
    if len(written) == 1:
        return {"sitemap.xml": written[0].encode()}
    names = [f"sitemap-{number}.xml" for number in range(1, len(written) + 1)]
    listed = "".join(f"<sitemap><loc>{escape(f'{base}/{name}')}</loc></sitemap>\n" for name in names)
    index = head + f"<sitemapindex {space}>\n{listed}</sitemapindex>\n"
    return {"sitemap.xml": index.encode(), **{n: body.encode() for n, body in zip(names, written, strict=True)}}


def list_refused(atlas: Atlas) -> list[str]:
    """Starts of paths of the files, other than pages, that come from a source which refuses to be listed."""
    pages = atlas.catalogue.get("pages", {})
    refused = [f"donnees/{measure.id}." for measure in atlas.released if not may_list(atlas, [measure.id])]
    refused += [
        f"observatoires/{page}/{figures}"
        for page, entry in pages.items()
        if not may_list(atlas, entry["indicators"])
        for figures in ("figures/", "*/figures/")
    ]
    return refused + [f"{language}/{path}" for language in LANGUAGES[1:] for path in refused]


def write_robots(base_url: str, refused: Iterable[str]) -> bytes:
    """What robots may go through; ``refused`` are the starts of paths that a source keeps out of their lists."""
    folder = f"/{base_url.split('://', 1)[-1].partition('/')[2].strip('/')}/".replace("//", "/") if base_url else "/"
    lines = ["User-agent: *", *(f"Disallow: {folder}{path}" for path in refused)]
    lines += [] if len(lines) > 1 else ["Allow: /"]
    lines += [f"Sitemap: {base_url.rstrip('/')}/sitemap.xml"] if base_url else []
    return ("\n".join(lines) + "\n").encode()


__all__ = [
    "MOST_ADDRESSES", "Renewal", "compare_editions", "date_change", "list_refused", "narrow", "write_feed",
    "write_robots", "write_sitemaps",
]  # fmt: skip
