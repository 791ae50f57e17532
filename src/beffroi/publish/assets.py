"""The built front-end: style sheet, script and typeface, under names that change with their content."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from beffroi.errors import BeffroiError, fault

FOLDER = Path(__file__).parent / "assets"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
          ".mjs": "text/javascript; charset=utf-8", ".woff2": "font/woff2", ".svg": "image/svg+xml"}  # fmt: skip

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 28" fill="{accent}"><path d="M10 0l3.2 7H6.8z"/>'
    '<path d="M6 8h8v5H6z"/><path d="M4 14h12v14h-4.5v-6a1.5 1.5 0 0 0-3 0v6H4z"/></svg>'
)


@dataclass(frozen=True)
class Assets:
    """What pages ask for. ``files`` are all that may be served: (bytes, media type) by name under ``/assets/``.

    ``authoring`` is the script and the style sheet of the pages of who writes, ``maps`` those of pages of maps.
    """

    script: str
    style: str
    typeface: str
    files: Mapping[str, tuple[bytes, str]]
    version: str
    fonts: Path
    authoring: tuple[str, str] | None = None
    maps: tuple[str, str] | None = None


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
    more = {
        name: (found["file"], found["css"][0])
        for name in ("authoring", "maps")
        if (found := entries.get(f"src/{name}.ts"))
    }
    return Assets(entry["file"], entry["css"][0], typeface, files, version[:12], folder / "fonts", **more)


def draw_icon(accent: str) -> str:
    """The icon of a site as SVG, in its own colour."""
    return _ICON.format(accent=accent)


__all__ = ["FOLDER", "Assets", "draw_icon", "load_assets"]
