"""Writing the workspace from a browser, on the machine that serves it: the desk, around the server of what is read.

``AuthoringDoor`` lets in; ``routes`` answers; ``studios`` remembers. Texts are written by ``catalog.writing`` alone,
once read over. A public server has none of it.
"""

from beffroi.serve.authoring.doors import AuthoringDoor, hosts_of, new_key
from beffroi.serve.authoring.studios import Studio

__all__ = ["AuthoringDoor", "Studio", "hosts_of", "new_key"]
