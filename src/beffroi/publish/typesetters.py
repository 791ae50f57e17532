"""Words and drawings set in type by Typst: one PDF, fonts in it, read aloud in order (PDF/UA), the same bytes twice.

The typesetter has a process of its own, that is ended when it takes too long.
"""

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

from beffroi.errors import BeffroiError, fault

SECONDS = 90.0
"""How long the typesetter may take."""
_SET = """
import json, sys, typst
order = json.load(sys.stdin)
try:
    typst.compile(order["main"], output=order["file"], root=order["root"], font_paths=[order["fonts"]],
                  ignore_system_fonts=True, format="pdf", pdf_standards=["ua-1"])
except typst.TypstError as error:
    sys.exit(f"{error.message} {' '.join(error.hints)}")
"""


def set_type(package: str, template: str, said: Any, fonts: Path, folder: Path, file: Path) -> None:
    """Set a ``template`` of a package in type, to ``file``. It reads ``sheet.json``, which has ``said``, and whatever
    else is in ``folder``.

    Faults: ``print-time``, ``print-not-set``.
    """
    # The narrow space is not in the house's typeface; the usual one does not break either.
    words = json.dumps(said, ensure_ascii=False).replace("\u202f", "\u00a0")
    (folder / "sheet.json").write_text(words, "utf-8")
    main = folder / template
    main.write_text(files(package).joinpath(template).read_text("utf-8"), "utf-8")
    asked = {"main": str(main), "root": str(folder), "file": str(file), "fonts": str(fonts)}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _SET], input=json.dumps(asked), capture_output=True, text=True,
            timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BeffroiError(fault("print-time", seconds=round(SECONDS))) from None
    if done.returncode:
        detail = (done.stderr.strip().splitlines() or [str(done.returncode)])[-1]
        raise BeffroiError(fault("print-not-set", detail=detail[:300]))


__all__ = ["SECONDS", "set_type"]
