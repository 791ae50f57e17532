"""Checks that everything Beffroi is made with may be given away with it, under the EUPL-1.2.

Reads the metadata of the installed packages that ``requirements.lock`` names, the licences that
``web/package-lock.json`` records, and looks for a licence beside every bundled font. A licence is accepted by its
SPDX name; a package that does not state one is listed below with the reason. GPL code is never in the locked set:
it may only be an optional extra that one installs by oneself. Nothing is asked of the network.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

PERMISSIVE = frozenset(
    "0BSD Apache-2.0 BlueOak-1.0.0 BSD-2-Clause BSD-3-Clause CC0-1.0 ISC MIT MIT-0 MIT-CMU PSF-2.0 Python-2.0 "
    "Unlicense W3C-20150513 Zlib".split()
)
SHARED_ALIKE = frozenset("EUPL-1.2 LGPL-2.1-or-later LGPL-3.0-or-later MPL-2.0 OFL-1.1".split())
"""Licences that keep their own code free and let it be used unchanged beside other code; the first four are in the
EUPL's appendix of compatible licences, the last is for fonts."""

ACCEPTED = PERMISSIVE | SHARED_ALIKE

CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""What older packages write in their classifiers. « BSD License » is absent: it does not say which one."""

EXCEPTIONS = {
    "altair": ("BSD-3-Clause", "names no licence in its metadata; its LICENSE is the three-clause text"),
    "click-plugins": ("BSD-3-Clause", "says « New BSD », which is the three-clause text of its LICENSE.txt"),
    "cligj": ("BSD-3-Clause", "says « BSD »; its LICENSE is the three-clause text"),
    "grimp": ("BSD-2-Clause", "its metadata says « BSD 2-Clause License »"),
    "import-linter": ("BSD-2-Clause", "its metadata says « BSD 2-Clause License »"),
    "jinja2": ("BSD-3-Clause", "states only « BSD License »; its LICENSE.txt is the three-clause text"),
    "pypdfium2": ("Apache-2.0", "lists BSD-3-Clause, Apache-2.0 and those of what its wheel carries, all permissive"),
    "python-dateutil": ("BSD-3-Clause", "says « Dual License »; all of it is under the three-clause BSD licence"),
    "rasterio": ("BSD-3-Clause", "says « BSD »; its LICENSE.txt is the three-clause text"),
    "rio-cogeo": ("BSD-3-Clause", "its metadata hold the three-clause text itself"),
    "scipy": ("BSD-3-Clause", "gives the three-clause text; its wheels carry GCC's runtime, under its exception"),
}
"""Packages that do not name their licence by SPDX: the licence that was read in their files, and where."""

FONTS = ("*.woff2", "*.woff", "*.ttf", "*.otf")


def main() -> int:
    faults = [*python_faults(Path("requirements.lock")), *npm_faults(Path("web/package-lock.json")), *font_faults()]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def python_faults(lock: Path) -> Iterator[str]:
    """One line for each locked package that is installed here and whose licence is not accepted."""
    for name in re.findall(r"^([a-z0-9-]+)==", lock.read_text("utf-8"), re.MULTILINE):
        try:
            stated = python_licence(distribution(name))
        except PackageNotFoundError:
            continue  # locked for another system than this one
        if not accepts(stated):
            yield f"{name}: licence {stated or 'not stated'!r} is not among those accepted (scripts/check_licences.py)"


def python_licence(package: Distribution) -> str:
    """The SPDX expression of an installed package; empty when it states none that is understood."""
    name = re.sub(r"[-_.]+", "-", package.name).lower()
    if name in EXCEPTIONS:
        return EXCEPTIONS[name][0]
    if expression := package.metadata["License-Expression"]:
        return str(expression)
    classified = [
        CLASSIFIERS.get(classifier.rpartition(" :: ")[2], "?")
        for classifier in package.metadata.get_all("Classifier") or ()
        if classifier.startswith("License ::") and not classifier.endswith("DFSG approved")
    ]
    if classified and "?" not in classified:
        return " AND ".join(classified)
    free_text = (package.metadata["License"] or "").strip()
    return free_text if "\n" not in free_text else ""


def npm_faults(lock: Path) -> Iterator[str]:
    """One line for each package shipped in the front-end's bundle whose licence is not accepted."""
    if not lock.exists():
        return
    for path, package in json.loads(lock.read_text("utf-8")).get("packages", {}).items():
        if path and not package.get("dev") and not accepts(package.get("license", "")):
            name = path.rpartition("node_modules/")[2]
            yield f"{name} (npm): licence {package.get('license') or 'not stated'!r} is not among those accepted"


def font_faults() -> Iterator[str]:
    """One line for each folder of the sources that holds a font without its licence beside it."""
    fonts = (font for root in ("src", "web") for pattern in FONTS for font in Path(root).rglob(pattern))
    for folder in sorted({font.parent for font in fonts if "node_modules" not in font.parts}):
        if not any(file.stem.upper() in {"LICENSE", "LICENCE", "OFL"} for file in folder.iterdir()):
            yield f"{folder}: a font without its licence beside it (OFL.txt or LICENSE)"


def accepts(expression: str) -> bool:
    """Whether an SPDX expression is met by accepted licences alone: every side of an AND, one side of an OR."""
    tokens = re.findall(r"[()]|[^\s()]+", expression)

    def either() -> bool:
        found = both()
        while tokens and tokens[0].upper() == "OR":
            tokens.pop(0)
            found = both() or found
        return found

    def both() -> bool:
        found = one()
        while tokens and tokens[0].upper() == "AND":
            tokens.pop(0)
            found = one() and found
        return found

    def one() -> bool:
        token = tokens.pop(0) if tokens else ""
        if token != "(":
            return token in ACCEPTED
        found = either()
        return bool(tokens) and tokens.pop(0) == ")" and found

    return either() and not tokens


if __name__ == "__main__":
    sys.exit(main())
