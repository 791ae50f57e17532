"""Opens the modules of ``scripts/``, which are programs and not a package."""

import importlib.util
from functools import cache
from types import ModuleType

from tests.house.places import ROOT


@cache
def script(name: str) -> ModuleType:
    """The module ``scripts/<name>.py``, not run."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
