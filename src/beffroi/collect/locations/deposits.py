"""A file that somebody puts by hand under ``deposits/`` of the lake, because its producer sends it by agreement."""

from beffroi.catalog.sources import Location
from beffroi.collect.locations.errands import Errand, Fetched, declared
from beffroi.collect.locations.files import find_local, take
from beffroi.errors import BeffroiError, fault


def address(location: Location) -> str:
    """``deposit:<name>``."""
    return f"deposit:{declared(location, location.deposit).name}"


def fetch(location: Location, errand: Errand) -> Fetched:
    """The bytes that were put there; ``deposit-missing`` says whom to ask."""
    deposit = declared(location, location.deposit)
    root = errand.deposits.resolve()
    if not (root / deposit.name).resolve().is_relative_to(root):
        raise BeffroiError(fault("deposit-outside", name=deposit.name))
    path = find_local(location, errand.folder, errand.deposits)
    if path is None:
        raise BeffroiError(fault("deposit-missing", name=deposit.name, ask=deposit.ask))
    return take(path, location.max_bytes, deposit.name, errand)
