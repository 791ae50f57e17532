"""Faults with stable codes: the one family of errors.

A *fault* is one thing that is wrong, with its place, cause and remedy. An *error* carries one or many faults
to whoever called. The words of a fault live in ``messages/faults_*.toml``, French and English side by side,
with the class that decides exit code and HTTP status. This module never prints and never formats numbers.
"""

import difflib
import errno
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any


class FaultClass(Enum):
    """What kind of thing went wrong: (name in the message files, exit code, HTTP status)."""

    USAGE = ("usage", 64, 400)
    METHOD = ("method", 64, 405)
    DECLARATION = ("declaration", 2, 422)
    DATA = ("data", 3, 422)
    SOURCE = ("source", 4, 503)
    ACCESS = ("access", 5, 403)
    NOT_FOUND = ("not-found", 6, 404)
    BUSY = ("busy", 7, 503)
    LIMIT = ("limit", 8, 413)
    INTERNAL = ("internal", 70, 500)

    def __init__(self, label: str, exit_code: int, http_status: int) -> None:
        self.label = label
        self.exit_code = exit_code
        self.http_status = http_status


@dataclass(frozen=True)
class Place:
    """Where a fault is: a file (relative to the workspace), a line counted from 1, and the key on that line."""

    file: str
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Words:
    """The wording of one fault code in both languages, as templates over the fault's values."""

    fault_class: FaultClass
    message: Mapping[str, str]
    remedy: Mapping[str, str]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    ``values`` fill the templates of the message; ``available`` is what there is instead, shown to the reader;
    ``nearest`` the one of them that was probably meant; ``causes`` the faults that this one sums up (why each
    location of a source failed).
    """

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    place: Place | None = None
    available: tuple[str, ...] = ()
    nearest: str | None = None
    causes: tuple["Fault", ...] = ()

    @property
    def words(self) -> Words:
        return all_words()[self.code]

    @property
    def fault_class(self) -> FaultClass:
        return self.words.fault_class

    def message(self, language: str = "fr") -> str:
        """What is wrong, in one sentence."""
        return self.words.message[language].format(**self._values_in(language))

    def remedy(self, language: str = "fr") -> str:
        """How to mend it, in one sentence; empty when the nearest match says it all."""
        return self.words.remedy[language].format(**self._values_in(language))

    def _values_in(self, language: str) -> dict[str, Any]:
        """The values; one that is text by language (whom to ask for a file) in the reader's, or in French."""
        return {
            name: value.get(language, value.get("fr", "")) if isinstance(value, Mapping) else value
            for name, value in self.values.items()
        }

    def render(self, language: str = "fr") -> str:
        """The fault as a person reads it in a terminal: place, cause, what there is, remedy, code."""
        has, meant = (
            ("il y a : ", "vouliez-vous dire « {} » ?") if language == "fr" else ("it has: ", "did you mean '{}'?")
        )
        where = f"{self.place}  " if self.place else ""
        key = f"{self.place.key}: " if self.place and self.place.key else ""
        lines = [f"{where}{key}{self.message(language)}"]
        if self.available:
            lines.append(has + ", ".join(self.available[:24]) + (", …" if len(self.available) > 24 else ""))
        if self.nearest:
            lines.append(meant.format(self.nearest))
        elif remedy := self.remedy(language):
            lines.append(remedy)
        lines[-1] += f"   ({self.code})"
        lines.extend("- " + cause.render(language).replace("\n", "\n    ") for cause in self.causes)
        return "\n    ".join(lines)

    def to_json(self, language: str = "fr") -> dict[str, Any]:
        """The one JSON shape of a fault, for the API and ``--format json``."""
        return {
            "code": self.code,
            "class": self.fault_class.label,
            "message": self.message(language),
            "remedy": self.remedy(language) or None,
            "file": self.place.file if self.place else None,
            "line": self.place.line if self.place else None,
            "key": self.place.key if self.place else None,
            "available": list(self.available),
            "nearest": self.nearest,
            "causes": [cause.to_json(language) for cause in self.causes],
        }


class BeffroiError(Exception):
    """One or many faults, raised together. The worst class (first in ``FaultClass`` order) decides the exit code."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(fault.render("en") for fault in self.faults))

    @property
    def fault_class(self) -> FaultClass:
        order = list(FaultClass)
        return min((fault.fault_class for fault in self.faults), key=order.index, default=FaultClass.INTERNAL)

    @property
    def exit_code(self) -> int:
        return self.fault_class.exit_code

    @property
    def http_status(self) -> int:
        return self.fault_class.http_status

    def to_json(self, language: str = "fr") -> dict[str, Any]:
        return {"faults": [fault.to_json(language) for fault in self.faults]}


def fault(
    code: str,
    place: Place | None = None,
    *,
    instead_of: str | None = None,
    available: Iterable[str] = (),
    causes: Iterable[Fault] = (),
    **values: Any,
) -> Fault:
    """Make a fault; with ``instead_of``, the nearest of ``available`` is looked for and named."""
    choices = tuple(sorted({str(choice) for choice in available}))
    nearest = nearest_match(instead_of, choices) if instead_of is not None else None
    return Fault(code, values, place, choices, nearest, tuple(causes))


def system_fault(error: OSError) -> Fault:
    """What the machine refused, as a fault: no space, no right to write, or anything else."""
    path, reason = str(error.filename or "?"), error.strerror or type(error).__name__
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return fault("disk-full")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return fault("writing-refused", path=path, reason=reason)
    return fault("system-refused", path=path, reason=reason)


def nearest_match(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant by ``word``, or None when none is near."""
    by_lower = {choice.lower(): choice for choice in choices}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


@cache
def all_words() -> Mapping[str, Words]:
    """Every fault code with its class and wording, read once from ``messages/faults_*.toml``."""
    classes = {fault_class.label: fault_class for fault_class in FaultClass}
    words: dict[str, Words] = {}
    for file in sorted(files("beffroi").joinpath("messages").iterdir(), key=lambda item: item.name):
        if not (file.name.startswith("faults_") and file.name.endswith(".toml")):
            continue
        for code, entry in tomllib.loads(file.read_text("utf-8")).items():
            if code in words:
                raise ValueError(f"fault code {code!r} is declared twice (second time in {file.name})")
            words[code] = Words(
                classes[entry["class"]],
                {"fr": entry["fr"], "en": entry["en"]},
                {"fr": entry.get("remedy_fr", ""), "en": entry.get("remedy_en", "")},
            )
    return words
