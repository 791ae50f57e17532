"""Running a command as a subprocess, and what it cost: time, processor time, peak memory.

The process that measures must stay small: on Linux a child starts with the peak of whoever started it. Hence
no numpy, no Arrow here nor in whatever imports this module; heavy work is always in a child.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from threading import Timer

HERE = Path(__file__).resolve().parent.parent
"""The folder from which ``python -m benchmarks`` is run."""

_LIMIT_SECONDS = 1800


@dataclass(frozen=True)
class Run:
    """What a command cost. ``seconds`` on the clock, ``processor_seconds`` of user and system together, ``peak`` bytes
    of resident memory, and what it wrote on its two outputs."""

    seconds: float
    processor_seconds: float
    peak: int
    exit_code: int
    output: str
    messages: str

    @property
    def failed(self) -> bool:
        return self.exit_code != 0


def run_measured(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, limit_seconds: float = _LIMIT_SECONDS
) -> Run:
    """Run ``command`` to its end and tell its cost, from ``wait4``; killed past ``limit_seconds``."""
    with tempfile.TemporaryFile("w+b") as output, tempfile.TemporaryFile("w+b") as messages:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=messages, cwd=HERE, env=_environment(environment))
        killer = Timer(limit_seconds, os.kill, (process.pid, SIGKILL))
        killer.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        killer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        unit = 1 if sys.platform == "darwin" else 1024
        return Run(
            seconds,
            usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss * unit,
            process.returncode,
            _text(output),
            _text(messages),
        )


def run_python(module: str, *arguments: object, environment: Mapping[str, str] | None = None) -> Run:
    """Run a module of this package, or any other, with this Python, and tell its cost."""
    return run_measured([sys.executable, "-m", module, *map(str, arguments)], environment=environment)


def run_beffroi(*arguments: object, environment: Mapping[str, str] | None = None) -> Run:
    """Run the command ``beffroi`` of this environment and tell its cost."""
    return run_measured([beffroi_command(), *map(str, arguments)], environment=environment)


def beffroi_command() -> str:
    """Where the command is: beside the Python that runs."""
    return str(Path(sys.executable).parent / "beffroi")


def must(run: Run) -> Run:
    """``run``, when it succeeded: what prepares a measure has to."""
    if run.failed:
        raise SystemExit(f"exit code {run.exit_code}\n{run.output}\n{run.messages}")
    return run


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    return {**os.environ, "BEFFROI_OFFLINE": "1", "NO_COLOR": "1", "PYTHONHASHSEED": "0", **(more or {})}


def _text(stream: object) -> str:
    stream.seek(0)  # type: ignore[attr-defined]
    return str(stream.read().decode("utf-8", "replace"))  # type: ignore[attr-defined]
