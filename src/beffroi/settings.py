"""Settings of a run, from the environment only: prefix ``BEFFROI_``. Nothing is read at import."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from beffroi.errors import BeffroiError, Fault, fault


@dataclass(frozen=True)
class Settings:
    """What the machine decides, not the workspace.

    ``lake`` is the folder of snapshots and editions (default: ``.beffroi`` inside the workspace);
    ``memory`` a DuckDB size such as ``2GB``; ``threads`` how many threads a query may use;
    ``scratch`` where a query may spill; ``language`` that of messages in the terminal;
    ``offline`` forbids any address outside this machine; ``base_url`` is how the outside names the server.
    """

    lake: Path | None = None
    memory: str | None = None
    threads: int | None = None
    scratch: Path | None = None
    language: str = "fr"
    offline: bool = False
    base_url: str = ""


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of ``environment`` (the process's own by default); unset or empty means the default.

    Raises ``setting-refused`` for every one that has not the form it should have.
    """
    env = {
        key.removeprefix("BEFFROI_").lower(): value
        for key, value in (os.environ if environment is None else environment).items()
        if key.startswith("BEFFROI_") and value
    }
    if faults := [_refused(name, env[name]) for name in _FORMS if name in env and not _fits(name, env[name])]:
        raise BeffroiError(faults)
    return Settings(
        lake=Path(env["lake"]) if "lake" in env else None,
        memory=env.get("memory"),
        threads=int(env["threads"]) if "threads" in env else None,
        scratch=Path(env["scratch"]) if "scratch" in env else None,
        language=env.get("language", "fr"),
        offline=env.get("offline", "").lower() in _YES,
        base_url=env.get("base_url", ""),
    )


def spoken_language(environment: Mapping[str, str] | None = None) -> str:
    """The language of messages, whatever else the environment holds: French when it is not one that there is."""
    asked = (os.environ if environment is None else environment).get("BEFFROI_LANGUAGE", "")
    return asked if asked in ("fr", "en") else "fr"


_YES = ("1", "true", "yes", "oui")
_FORMS = {
    "memory": (r"\d+(\.\d+)?(KB|MB|GB|TB)", "une taille comme 2GB", "a size such as 2GB"),
    "threads": (r"[1-9]\d{0,3}", "un nombre entier à partir de 1", "a whole number from 1"),
    "language": (r"fr|en", "fr ou en", "fr or en"),
    "offline": (rf"(?i:{'|'.join(_YES)}|0|false|no|non)", "1 ou 0", "1 or 0"),
    "base_url": (r"https?://[^\s/]+\S*", "une adresse en http:// ou https://", "an address in http:// or https://"),
    "lake": (r"", "un dossier, et non un fichier", "a folder, not a file"),
    "scratch": (r"", "un dossier, et non un fichier", "a folder, not a file"),
}
"""What each setting looks like, and how one says so."""


def _fits(name: str, value: str) -> bool:
    if name in ("lake", "scratch"):
        return not any(path.is_file() for path in (Path(value), *Path(value).parents))
    return re.fullmatch(_FORMS[name][0], value) is not None


def _refused(name: str, value: str) -> Fault:
    _, french, english = _FORMS[name]
    expected = {"fr": french, "en": english}
    return fault("setting-refused", name=f"BEFFROI_{name.upper()}", value=value, expected=expected)
