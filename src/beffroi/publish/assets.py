"""The built front-end: style sheet, script and typeface, under names that change with their content."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from beffroi.errors import BeffroiError, fault

FOLDER = Path(__file__).parent / "assets"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".woff2": "font/woff2",
          ".svg": "image/svg+xml"}  # fmt: skip


@dataclass(frozen=True)
class Assets:
    """What pages ask for. ``files`` are all that may be served: (bytes, media type) by name under ``/assets/``."""

    script: str
    style: str
    typeface: str
    files: Mapping[str, tuple[bytes, str]]
    version: str
    fonts: Path


def load_assets(folder: Path = FOLDER) -> Assets:
    """Read the manifest that the front-end's build left; ``assets-missing`` when there is none."""
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise BeffroiError(fault("assets-missing", folder=folder.name))
    entries = json.loads(manifest.read_text("utf-8"))
    entry = entries["src/main.ts"]
    files = {
        path.relative_to(folder).as_posix(): (path.read_bytes(), _TYPES[path.suffix])
        for path in sorted(folder.rglob("*"))
        if path.suffix in _TYPES
    }
    typeface = next(name for name in files if name.endswith(".woff2"))
    version = json.loads((folder / "build.json").read_text("utf-8"))["sources"]
    return Assets(entry["file"], entry["css"][0], typeface, files, version[:12], folder / "fonts")


__all__ = ["FOLDER", "Assets", "load_assets"]
