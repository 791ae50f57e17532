"""What a workbook that is brought back says beside its values, compared with what its edition says there.

The sheets are written again, in each language and as each audience reads them: for the rows of a series, or for the
figure whose reference they give. What differs is named, never quoted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from beffroi.access import BUILDER, PUBLIC, Reader, partner
from beffroi.errors import BeffroiError
from beffroi.lake import Lake
from beffroi.language import LANGUAGES, text
from beffroi.observe import Atlas
from beffroi.publish.block_files import note_figure
from beffroi.publish.files import Notes, note_series
from beffroi.run.figures import observe_reference
from beffroi.run.returned_files import Row, trim_lines


@dataclass(frozen=True)
class Discrepancy:
    """The lines in which the sheets of a workbook are not those of an edition, by their labels. ``dated`` when the
    edition that they name is the only difference."""

    labels: tuple[str, ...]
    dated: bool = False


def compare_notes(lake: Lake, edition: str, vintage: int, rows: Sequence[Row], notes: Notes) -> Discrepancy:
    """How the sheets beside the ``rows`` of a workbook differ from what an edition says there, in the language and for
    the audience in which they differ least."""
    found = [_differ(notes, said, language) for language, said in _write_again(lake, edition, vintage, rows, notes)]
    whole = Discrepancy(tuple(sorted({line[0] for line in (*notes.about, *notes.hidden)})))
    return min(found, key=lambda each: (bool(each.labels), not each.dated, len(each.labels)), default=whole)


def _differ(notes: Notes, said: Notes, language: str) -> Discrepancy:
    read, own = [*notes.about, *notes.hidden], trim_lines((*said.about, *said.hidden))
    labels = {line[0] for line in {*read} ^ {*own}}
    # A line that is there twice is one too many. In what order sources are cited is nobody's matter.
    labels |= {line[0] for line in read if read.count(line) != own.count(line)}
    return Discrepancy(tuple(sorted(labels)), labels == {text("workbook.edition", language)})


def _write_again(
    lake: Lake, edition: str, vintage: int, rows: Sequence[Row], notes: Notes
) -> Iterator[tuple[str, Notes]]:
    """The same sheets as the edition has them, in each language and for each audience that may read the rows."""
    names = sorted({str(row[0]) for row in rows})
    for reader in _list_readers(lake, edition, names):
        atlas = Atlas(lake.release(reader, edition))
        if any(name not in atlas.measures for name in names):
            continue
        for language in LANGUAGES:
            label = text("page.reference", language)
            reference = next((line[1] for line in notes.about if line[0] == label and len(line) > 1), None)
            try:
                if reference is not None:
                    view, figure = observe_reference(atlas, reference, language)
                    yield language, note_figure(view, figure, language)
                elif len(names) == 1:
                    series = _narrow(atlas.release.series(names[0], vintage=vintage), rows)
                    yield language, note_series(atlas, atlas.measure(names[0]), series, language)
            except BeffroiError:
                # A reference that leads nowhere in this edition: its sheets are those of another one.
                continue


def _list_readers(lake: Lake, edition: str, names: Sequence[str]) -> Iterator[Reader]:
    """Those who can have downloaded these indicators; a workbook cites differently what its reader may not open."""
    indicators = lake.release(BUILDER, edition).catalogue["indicators"]
    partners = sorted({str(indicators[name]["audience"]) for name in names} - {"public"})
    yield PUBLIC
    yield from (partner(name.removeprefix("partner:")) for name in partners)
    yield BUILDER


def _narrow(series: pa.Table, rows: Sequence[Row]) -> pa.Table:
    """The rows of a series that a file has."""
    wanted = {row[1:3] + row[4:5] for row in rows}
    keys = zip(*(series[name].to_pylist() for name in ("level", "territory", "period")), strict=True)
    return series.filter(pa.array([key in wanted for key in keys], pa.bool_()))


__all__ = ["Discrepancy", "compare_notes"]
