"""A built workspace with an observatory, for the tests of who writes: built once, copied for each."""

import io
import shutil
from pathlib import Path

import xlsxwriter

from beffroi.catalog import new_workspace
from beffroi.run import Workplace, build, open_workplace
from beffroi.settings import Settings

PAGE = """---
title: Se loger {{ here.in }}
levels:
  - commune
compared:
  - perimeter
---

{{ here }} compte {{ housing/dwellings }}.

```ranking
indicator: housing/dwellings
```
"""


def build_sitting(folder: Path) -> Path:
    """The workspace of a beginner, in both languages, with a page, built."""
    root = folder / "sitting"
    new_workspace(root, "Val d'Essai")
    workspace = root / "workspace.yaml"
    workspace.write_text(workspace.read_text("utf-8").replace("languages:\n  - fr\n", "languages:\n  - fr\n  - en\n"))
    (root / "observatories/homes").mkdir(parents=True)
    declared = "# L'habitat.\ntitle: Habiter\nsummary: Le parc de logements.\nstate: draft\npages:\n  - index\n"
    (root / "observatories/homes/observatory.yaml").write_text(declared, "utf-8")
    (root / "observatories/homes/index.md").write_text(PAGE, "utf-8")
    report = build(open_workplace(root, Settings(offline=True)))
    assert not report.own_faults, [fault.render() for fault in report.own_faults]
    return root


def copy_sitting(built: Path, folder: Path) -> Workplace:
    """A copy to write in."""
    return open_workplace(Path(shutil.copytree(built, folder / "sitting")), Settings(offline=True))


def write_workbook(rows: list[list[object]], sheet: str = "Données") -> bytes:
    """A workbook of one sheet."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        page = workbook.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                page.write(number, column, cell)
    return stream.getvalue()
