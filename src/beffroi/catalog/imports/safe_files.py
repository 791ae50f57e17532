"""Projects and styles as XML, read within limits: no entity, no address that is followed, no archive that swells."""

import zipfile
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from beffroi.errors import BeffroiError, fault

LARGEST = 64 * 1024 * 1024
"""Bytes of a project, once out of its archive."""
_MEMBERS = 1_000
_DEEPEST = 200
_ELEMENTS = 2_000_000


def read_tree(path: Path) -> ElementTree.Element:
    """The root of a ``.qgz``, ``.qgs``, ``.qml`` or ``.sld`` file.

    ``import-not-read`` for what cannot be opened or is no XML; ``import-refused`` for what is too large, too deep, or
    declares entities.
    """
    try:
        content = _unpack(path) if zipfile.is_zipfile(path) else _read(path)
        _check(path, content)
        return ElementTree.fromstring(content)
    except (OSError, zipfile.BadZipFile, ElementTree.ParseError, expat.ExpatError, ValueError, RuntimeError) as error:
        detail = str(error).partition("\n")[0] or type(error).__name__
        raise BeffroiError(fault("import-not-read", name=path.name, detail=detail)) from error


def _read(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise _refuse(path, f"> {LARGEST // 2**20} Mo")
    return path.read_bytes()


def _unpack(path: Path) -> bytes:
    """The project of an archive: the one member that is read, and no further than the limit."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        project = next((member for member in members[:_MEMBERS] if member.filename.lower().endswith(".qgs")), None)
        if project is None:
            raise ValueError("no .qgs")
        # What an archive says of the size of its members is not believed.
        with archive.open(project) as stream:
            content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _refuse(path, f"> {LARGEST // 2**20} Mo")
    return content


def _check(path: Path, content: bytes) -> None:
    """Go through the text once before a tree is made of it."""
    parser = expat.ParserCreate()
    depth = count = 0

    def start(name: str, attributes: object) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > _DEEPEST or count > _ELEMENTS:
            raise _refuse(path, f"{count} elements, {depth}")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def declare(*_: object) -> None:
        raise _refuse(path, "<!ENTITY")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.EntityDeclHandler = declare
    parser.Parse(content, True)


def _refuse(path: Path, detail: str) -> BeffroiError:
    return BeffroiError(fault("import-refused", name=path.name, detail=detail))


__all__ = ["LARGEST", "read_tree"]
