"""A file or a folder of this machine. A folder, or a Shapefile with its companions, is kept as one archive."""

import shutil
import zipfile
from pathlib import Path

from beffroi.catalog.sources import Location
from beffroi.collect.locations.errands import Errand, Fetched, declared
from beffroi.errors import BeffroiError, fault

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every member, so that the same files give the same bytes."""


def address(location: Location) -> str:
    """The path as declared."""
    return declared(location, location.file).path


def fetch(location: Location, errand: Errand) -> Fetched:
    """The file's bytes; a folder or a Shapefile as a zip of its files, in the order of their names."""
    declared_path = address(location)
    path = find_local(location, errand.folder, errand.deposits)
    if path is None:
        around = errand.folder / Path(declared_path).parent
        available = [one.name for one in around.iterdir()] if around.is_dir() else []
        wanted = Path(declared_path).name
        raise BeffroiError(fault("local-file-not-found", path=declared_path, instead_of=wanted, available=available))
    return take(path, location.max_bytes, declared_path, errand)


def find_local(location: Location, folder: Path, deposits: Path) -> Path | None:
    """The file or folder of this machine that the location is, or None when it is not there (or is of the web)."""
    if location.file:
        path = folder / Path(location.file.path).expanduser()
    elif location.deposit:
        path = deposits / location.deposit.name
    else:
        return None
    return path if path.exists() else None


def signature(path: Path) -> str:
    """Names, sizes and dates of what is at ``path``: as long as it is the same, nobody touched the files."""
    stats = [(one.name, one.stat()) for one in _companions(path)]
    return ";".join(f"{name}:{stat.st_size}:{stat.st_mtime_ns}" for name, stat in stats)


def take(path: Path, max_bytes: int, shown: str, errand: Errand) -> Fetched:
    """Copy ``path`` into the errand's folder; ``download-too-large`` past the limit."""
    members = _companions(path)
    size = sum(member.stat().st_size for member in members)
    if size > max_bytes:
        raise BeffroiError(fault("download-too-large", address=shown, limit=max_bytes))
    target = errand.incoming / "body"
    if members == [path]:
        shutil.copyfile(path, target)
    else:
        _pack(path if path.is_dir() else path.parent, members, target)
    errand.advance(size, size)
    return Fetched(target)


def _companions(path: Path) -> list[Path]:
    """The files that go together: all those of a folder, those of a Shapefile, or the file alone."""
    if path.is_dir():
        return sorted(one for one in path.rglob("*") if one.is_file())
    if path.suffix.lower() == ".shp":
        return sorted(one for one in path.parent.iterdir() if one.is_file() and one.stem == path.stem)
    return [path]


def _pack(root: Path, members: list[Path], target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
        for member in members:
            entry = zipfile.ZipInfo(member.relative_to(root).as_posix(), _EPOCH)
            with archive.open(entry, "w", force_zip64=True) as out, member.open("rb") as stream:
                shutil.copyfileobj(stream, out, 1 << 20)
