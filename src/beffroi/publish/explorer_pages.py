"""The explorer's pages: a question's figure large, the other views of it small, and the lists one chooses from."""

from collections.abc import Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from beffroi.language import format_period, pick, text
from beffroi.observe import VIEWS, Question
from beffroi.observe.consents import may_list
from beffroi.observe.figures import Distribution, Evolution, Map, Ranking, Table
from beffroi.observe.figures.tables import Line
from beffroi.observe.places import Place
from beffroi.observe.questions import comparison_choices
from beffroi.observe.sentences import say_place
from beffroi.observe.substitutes import Substitute, find_substitutes
from beffroi.observe.values import Measure
from beffroi.publish.addresses import DATA_FORMATS, FIGURE_FORMATS
from beffroi.publish.blocks import Block, Page
from beffroi.publish.drawings import MapSheet, draw_distribution, draw_evolution, draw_labels, draw_overlay
from beffroi.publish.drawings.charts import Canvas
from beffroi.publish.drawings.maps import draw_names, radius
from beffroi.publish.pages import Visit, generate, render
from beffroi.publish.sites import Site
from beffroi.publish.tables import MOST_LINES

_SHOWN_FIRST, _SHOWN_AROUND, _SHOWN_LAST = 15, 2, 3
_SCORE = 40
"""Rows of a table that are compressed together."""
_WHOLE_RANKING = 30
"""Rankings no longer than this are shown whole."""


def render_explorer(site: Site, visit: Visit, question: Question, template: str = "explorer.html") -> Page:
    """The explorer at one question: its figure large, the others small, and all that stands under them."""
    language, measure, to = visit.language, question.measure, site.addresses(visit.language)
    figure = site.figure(question)
    whole = to.whole(to.explorer(question))
    drawn = draw(site, question)
    thumbnails = [(view, *site.thumbnail(question, view)) for view in VIEWS]
    chunks = generate(
        site, visit, template,
        question=question,
        figure=figure,
        drawn=drawn,
        shown=show_ranking(figure, language) if isinstance(figure, Ranking) else [],
        thumbnails=[(view, small, Markup(mark)) for view, small, mark in thumbnails],
        ranked=site.small_views(question).rows,
        in_hand=say_place(site.atlas, question),
        instead=_find_instead(site, question),
        options=_choose(_category_option(site, measure, language) + _indicator_options(site, language), measure.id),
        downloads=Markup(_downloads(site, visit, question)),
        levels=_choose(_level_options(site, question), question.level),
        periods=_choose(_period_options(site, question), question.period),
        vintages=[v for v in site.atlas.vintages if v in (measure.entry.get("vintages") or site.atlas.vintages)],
        choices=comparison_choices(site.atlas, question),
        compared={place.key for place in question.compared},
        figure_formats=FIGURE_FORMATS if question.view != "table" else (),
        address=whole,
        indexed=may_list(site.atlas, [measure.id]),
        card=f"explorer/{measure.id}",
    )  # fmt: skip
    shared = (drawn["body"], *drawn.get("rows", ()), *(small for _, small, _ in thumbnails))
    return Page.around((part for part in shared if isinstance(part, Block)), chunks)


def _find_instead(site: Site, question: Question) -> tuple[Substitute, ...]:
    """What there is to read instead of the value of the territory in hand, where it is hidden."""
    place, atlas = question.territory, site.atlas
    value = atlas.value(question.measure, place, question.period, question.vintage)
    if value is None:
        return ()
    return find_substitutes(atlas, question.measure, place, value, question.vintage, question.language)


def draw(site: Site, question: Question) -> dict[str, Any]:
    """The marks of a question's figure, and what the template needs to frame them."""
    figure = site.figure(question)
    if isinstance(figure, Map):
        ground = site.ground(question.level)
        sheet = site.sheet(question.level, question.language)
        return {
            "body": site.map_body(question, figure),
            "height": ground.height if ground else 0,
            "key": site.map_key(question),
            **frame_areas(figure, sheet, question.territory),
        }
    if isinstance(figure, Evolution):
        return {"body": Markup(draw_evolution(figure, Canvas())), "labels": Markup(draw_labels(figure)), "height": 340}
    if isinstance(figure, Distribution):
        return {"body": Markup(draw_distribution(figure, Canvas(inset=0))), "height": 320}
    if isinstance(figure, Table):
        rows, left_out = _table_rows(site, question, figure)
        return {"body": "", "rows": rows, "left_out": left_out, "height": 0}
    return {"body": "", "height": 0, "lead": site.leads(question)}


def frame_areas(figure: Map, sheet: MapSheet | None, place: Place) -> dict[str, Any]:
    """What stands over the areas of a map, the mark of a territory and names, and what its legend is made of."""
    overlay = draw_overlay(figure, sheet, place.key, place.short) + draw_names(sheet, place.key) if sheet else ""
    largest = sheet.largest_radius if sheet else 0.0
    return {
        "overlay": Markup(overlay),
        "ramp": "d" if figure.diverging else "s",
        "circles": [(round(radius(step, figure.highest, largest), 1), words) for step, words in figure.circles],
    }


def _table_rows(site: Site, question: Question, figure: Table) -> tuple[list[Block | Markup], int]:
    """Rows of the table by the score, shared by all who look but for the score whose row is marked; how many others
    there are. What could not be located and the territory in hand are never left out."""
    first = [line for index, line in enumerate(figure.lines) if index < MOST_LINES or line.unlocated]
    blocks = site.body(("rows", *question.scene), lambda: _write_rows(site, question, figure.columns, first))
    left = {line.code: line for line in figure.lines[MOST_LINES:] if not line.unlocated}
    if figure.in_hand in left:
        blocks = _write_rows(site, question, figure.columns, [left.pop(figure.in_hand)]) + blocks
    plain = f'<tr data-code="{escape(figure.in_hand)}"'.encode() if figure.in_hand else b""
    marked = plain.replace(b"<tr", b'<tr class="role-territory"')
    return [
        Markup(block.replace(plain, marked).decode()) if plain and block.find(plain) >= 0 else block for block in blocks
    ], len(left)


def _write_rows(site: Site, question: Question, columns: Sequence[str], lines: Sequence[Line]) -> list[Block]:
    lead = site.leads(question)
    opened = [f'<td class="num" data-label="{escape(column)}" data-sort="' for column in columns]
    rows = []
    for line in lines:
        label = escape(line.label)
        name = label if line.unlocated else f'<a href="{escape(lead(line.code))}">{label}</a>'
        cells = "".join(
            f'{start}{"" if number is None else number}">{said}</td>'
            for start, (said, number) in zip(opened, line.cells, strict=True)
        )
        kind = ' class="unlocated"' if line.unlocated else ""
        start = f'<tr{kind} data-code="{escape(line.code)}"><th scope="row">'
        rows.append(f"{start}{name}</th>{cells}<td>{line.mention}</td></tr>\n")
    return [Block("".join(rows[first : first + _SCORE]).encode()) for first in range(0, len(rows), _SCORE)]


def show_ranking(figure: Ranking, language: str) -> list[Any]:
    """Lines of the ranking to show: all of a short one; else the first, those around the territory, the last.

    An integer stands for so many lines that are left out.
    """
    lines = figure.ranked
    if len(lines) <= _WHOLE_RANKING:
        return list(lines)
    wanted = set(range(_SHOWN_FIRST)) | set(range(len(lines) - _SHOWN_LAST, len(lines)))
    for index, line in enumerate(lines):
        if figure.roles.get(line.code) in {"territory", "compared"}:
            wanted |= set(range(max(0, index - _SHOWN_AROUND), min(len(lines), index + _SHOWN_AROUND + 1)))
    shown: list[Any] = []
    last = -1
    for index in sorted(wanted):
        if index - last > 1:
            shown.append(index - last - 1)
        shown.append(lines[index])
        last = index
    return shown


def _downloads(site: Site, visit: Visit, question: Question) -> str:
    """Where the values of a scene are to be taken, and all those of its indicator."""
    narrowed = {"level": question.level, "period": question.period, "vintage": ""}
    if question.vintage != site.atlas.release.reference_vintage:
        narrowed["vintage"] = str(question.vintage)
    # Contours are those of the reference geography: values of another are not joined to them.
    shaped = not narrowed["vintage"] and site.ground(question.level) is not None
    formats = DATA_FORMATS if shaped else tuple(each for each in DATA_FORMATS if each != "geojson")
    return site.fragment(
        ("downloads", *question.scene),
        lambda: render(site, visit, "explorer_files.html", question=question, data_formats=formats, narrowed=narrowed),
    )


def _choose(options: str, value: str) -> Markup:
    """A list of options with one of them selected."""
    chosen = f'value="{escape(value)}"'
    return Markup(options.replace(chosen, f"{chosen} selected", 1))


def _level_options(site: Site, question: Question) -> str:
    language, measure = question.language, question.measure
    return site.fragment(
        ("levels", measure.id, language),
        lambda: "".join(
            f'<option value="{level}">{escape(text(f"level.{level}", language))}</option>'
            for level in site.atlas.levels_of(measure)
        ),
    )


def _period_options(site: Site, question: Question) -> str:
    """Periods, the latest first."""
    language, slice_ = question.language, site.atlas.slice(question.measure, question.level, question.vintage)
    return site.fragment(
        ("periods", *slice_.periods, language),
        lambda: "".join(
            f'<option value="{escape(each)}">{escape(format_period(each, language))}</option>'
            for each in reversed(slice_.periods)
        ),
    )


def _indicator_options(site: Site, language: str) -> str:
    """The list of indicators by theme; those that are not released cannot be chosen, categories are told elsewhere."""
    categories = site.atlas.categories

    def write() -> str:
        groups = []
        for name, theme in site.atlas.catalogue["themes"].items():
            measures = sorted(
                (m for m in site.atlas.measures.values() if m.entry["theme"] == name and m.id not in categories),
                key=lambda m: m.title(language),
            )
            options = "".join(_option(measure, language) for measure in measures)
            if options:
                groups.append(f'<optgroup label="{escape(pick(theme["title"], language))}">{options}</optgroup>')
        return "".join(groups)

    return site.fragment(("options", language), write)


def _category_option(site: Site, measure: Measure, language: str) -> str:
    """The option of a category that is looked at."""
    return _option(measure, language) if measure.id in site.atlas.categories else ""


def _option(measure: Measure, language: str) -> str:
    title = escape(measure.title(language))
    if measure.released:
        return f'<option value="{measure.id}">{title}</option>'
    return f'<option value="{measure.id}" disabled>{title} ({text("home.unavailable", language)})</option>'


__all__ = ["draw", "render_explorer", "show_ranking"]
