"""The built front-end, as the server finds it."""

import json
from pathlib import Path

import pytest

from beffroi.errors import BeffroiError
from beffroi.publish.assets import load_assets


def test_a_front_end_that_was_not_built_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(BeffroiError) as error:
        load_assets(tmp_path)
    assert error.value.faults[0].code == "assets-missing"


def test_what_the_manifest_names_is_served(tmp_path: Path) -> None:
    for name in ("main-1.js", "main-1.css", "face-1.woff2"):
        (tmp_path / name).write_bytes(b"x")
    manifest = {"src/main.ts": {"file": "main-1.js", "css": ["main-1.css"]}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "build.json").write_text('{"sources": "abcdefabcdefabcdef"}')
    assets = load_assets(tmp_path)
    assert (assets.script, assets.style, assets.typeface) == ("main-1.js", "main-1.css", "face-1.woff2")
    assert "manifest.json" not in assets.files
    assert assets.version == "abcdefabcdef"
