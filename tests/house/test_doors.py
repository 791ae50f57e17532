"""One door: people, hooks and continuous integration call the same targets, on locked packages."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.places import ROOT
from tests.house.scripts import script

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
TARGETS = {"setup", "demo", "test", "check", "format", "docs", "bench"}


def locked() -> dict[str, set[Version]]:
    versions: dict[str, set[Version]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^\s;]+)", LOCK, re.MULTILINE):
        versions.setdefault(name, set()).add(Version(version))
    return versions


def declared() -> list[Requirement]:
    groups = PROJECT["dependency-groups"]
    texts = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    texts += [item for group in groups.values() for item in group if isinstance(item, str)]
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("requirement", declared(), ids=str)
def test_every_dependency_is_locked(requirement: Requirement) -> None:
    versions = locked().get(canonicalize_name(requirement.name))
    assert versions, "make lock"
    assert any(version in requirement.specifier for version in versions), "make lock"


def test_the_lock_names_no_address_and_has_every_hash() -> None:
    assert not re.search(r"https?:|file:|--index|--find", LOCK)
    blocks = re.split(r"^(?=[a-z0-9-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)


def test_front_end_is_built_with_locked_tools() -> None:
    """Set-up builds without isolation, so that what the build requires must be in the locked group."""
    build = {Requirement(item).name for item in PROJECT["dependency-groups"]["build"]}
    runtime = {Requirement(item).name for item in PROJECT["project"]["dependencies"]}
    required = {Requirement(item).name for item in PROJECT["build-system"]["requires"]}
    assert required <= build | runtime


def test_every_target_is_there_and_explained() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    explained = set(re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE))
    assert explained >= TARGETS
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert not [target for target in TARGETS if f"make {target}" not in contributing]


def test_hooks_and_integration_call_the_same_targets() -> None:
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "make check" in ci
    assert "make test" in ci
    entries = re.findall(r"entry: (.*)", (ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert entries
    assert all(entry.removeprefix("make ") in TARGETS for entry in entries)


def test_the_licence_is_whole() -> None:
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert licence.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert all(re.search(rf"^{article}\.\s?\w", licence, re.MULTILINE) for article in range(1, 16))
    assert "Compatible Licences" in licence
    assert PROJECT["project"]["license"] == "EUPL-1.2"


@pytest.mark.parametrize(
    ("expression", "accepted"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("BSD-3-Clause AND (MIT OR GPL-2.0-only) AND Zlib", True),
        ("(MIT", False),
        ("", False),
    ],
)
def test_a_licence_is_accepted_by_its_parts(expression: str, accepted: bool) -> None:
    assert script("check_licences").accepts(expression) is accepted
