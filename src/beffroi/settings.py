"""Settings of a run, from the environment only: prefix ``BEFFROI_``. Nothing is read at import."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


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
    """The settings of ``environment`` (the process's own by default); unset or empty means the default."""
    env = {
        key.removeprefix("BEFFROI_").lower(): value
        for key, value in (os.environ if environment is None else environment).items()
        if key.startswith("BEFFROI_") and value
    }
    return Settings(
        lake=Path(env["lake"]) if "lake" in env else None,
        memory=env.get("memory"),
        threads=int(env["threads"]) if "threads" in env else None,
        scratch=Path(env["scratch"]) if "scratch" in env else None,
        language=env.get("language", "fr"),
        offline=env.get("offline", "").lower() in {"1", "true", "yes", "oui"},
        base_url=env.get("base_url", ""),
    )
