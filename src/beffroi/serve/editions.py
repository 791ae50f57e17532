"""Which edition answers whom: one site for each edition and kind of reader, kept while it is asked for."""

import hmac
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping

from beffroi.access import PUBLIC, Audience, Reader
from beffroi.errors import BeffroiError, fault
from beffroi.lake.releases import Release
from beffroi.observe import Atlas
from beffroi.publish import Assets, Site

_log = logging.getLogger("beffroi.serve")
_KEPT = 6
"""Sites kept at once: the public one of two editions and those of a few partners."""


class Doorkeeper:
    """Knows the tokens. ``tokens`` gives the token of each partner, by its name."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._tokens = {Audience(f"partner:{name}"): token for name, token in tokens.items() if token}

    def reader(self, token: str | None) -> Reader:
        """Who holds a token; the public without one; ``token-unknown`` for one that opens nothing."""
        if not token:
            return PUBLIC
        given = token.encode()
        opened = {audience for audience, known in self._tokens.items() if hmac.compare_digest(known.encode(), given)}
        if not opened:
            raise BeffroiError(fault("token-unknown"))
        return Reader(PUBLIC.audiences | opened)


class Editions:
    """Opens releases and keeps what was drawn from them."""

    def __init__(
        self, open_release: Callable[[Reader], Release], assets: Assets, base_url: str,
        lay: Callable[[Release], Site] | None = None,
    ) -> None:  # fmt: skip
        """``lay`` makes the site of a release, where it is not simply drawn from it."""
        self._open = open_release
        self._lay = lay or (lambda release: Site(Atlas(release), assets, base_url))
        self._sites: OrderedDict[tuple[str, Reader], Site] = OrderedDict()
        self._lock = threading.Lock()

    def site(self, reader: Reader) -> Site:
        """The site of the edition that is served now; the request keeps it to its end, whatever is published since.

        While the lake cannot be opened (a pointer written by hand, a disk that is away), the last edition that was
        opened for this reader goes on being served.
        """
        try:
            release = self._open(reader)
        except (BeffroiError, OSError) as error:
            if (last := self._last(reader)) is None:
                raise
            _log.warning("the lake cannot be opened, edition %s goes on: %s", last.atlas.release.edition.id, error)
            return last
        key = (release.edition.id, reader)
        with self._lock:
            if key not in self._sites:
                self._sites[key] = self._lay(release)
                if len(self._sites) > _KEPT:
                    self._sites.popitem(last=False)
            self._sites.move_to_end(key)
            return self._sites[key]

    def _last(self, reader: Reader) -> Site | None:
        with self._lock:
            return next((site for (_, who), site in reversed(self._sites.items()) if who == reader), None)


__all__ = ["Doorkeeper", "Editions"]
