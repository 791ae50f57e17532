"""What a form sends, read within a bound: fields and files, however the browser encodes them."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from beffroi.errors import BeffroiError, fault


@dataclass(frozen=True)
class Form:
    """Fields by name, each with all its values; files by name, with the name that they had on the author's disk."""

    fields: Mapping[str, list[str]] = field(default_factory=dict)
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    def one(self, name: str, default: str = "") -> str:
        """The last value of a field, without the spaces around it."""
        return self.fields.get(name, [default])[-1].strip()

    def all(self, name: str) -> list[str]:
        return [value.strip() for value in self.fields.get(name, []) if value.strip()]

    def text(self, name: str) -> str:
        """A text of several lines as it was typed; browsers end lines in two characters."""
        return self.fields.get(name, [""])[-1].replace("\r\n", "\n").replace("\r", "\n")

    def needed(self, name: str, called: str) -> str:
        """A field that cannot be empty; ``form-incomplete`` says how the page calls it."""
        if not (value := self.one(name)):
            raise BeffroiError(fault("form-incomplete", name=called))
        return value


async def read_body(receive: Callable[[], Awaitable[Mapping[str, Any]]], largest: int) -> bytes:
    """The whole body of a request; ``form-too-large`` as soon as it goes beyond."""
    pieces, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > largest:
            raise BeffroiError(fault("form-too-large", limit=largest // 1_000_000))
        more = message.get("more_body", False)
    return b"".join(pieces)


def read_form(body: bytes, content_type: str) -> Form:
    """The form of a body: as browsers write addresses, in parts, or in JSON; ``request-malformed`` when it is none."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            said = json.loads(body)
            return Form({str(key): [str(value)] for key, value in said.items() if value is not None})
        if kind == "multipart/form-data":
            return _read_parts(body, content_type)
        fields: dict[str, list[str]] = {}
        for key, value in parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=400):
            fields.setdefault(key, []).append(value)
    except (ValueError, AttributeError) as error:
        raise BeffroiError(fault("request-malformed", name="form", detail=type(error).__name__)) from error
    return Form(fields)


def _read_parts(body: bytes, content_type: str) -> Form:
    header = f"content-type: {content_type}\r\n\r\n".encode("latin-1")
    fields: dict[str, list[str]] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for part in BytesParser(policy=HTTP).parsebytes(header + body).iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            continue
        file = part.get_filename()
        if file is None:
            fields.setdefault(name, []).append(content.decode("utf-8"))
        elif file:
            files[name] = (file, content)
    return Form(fields, files)


__all__ = ["Form", "read_body", "read_form"]
