"""What was read last, shared by threads: objects of the lake never change, so that it stays true."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any


class Memory:
    """The last things read, shared by threads; what is asked again is made again when it went out."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[str, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, make: Callable[[], Any]) -> Any:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return made
