"""The public edition as files that any web server gives: what is written, where, and what each file depends on.

``inventories`` is the one list of what is exported. The room draws and says names; ``run`` opens the lake, shares the
work between processes and puts the files in place (``trees``).
"""

from beffroi.publish.exports.inventories import Sheet, list_sheets
from beffroi.publish.exports.presses import Drawn, Press
from beffroi.publish.exports.signposts import FileAddresses, Signposts

__all__ = ["Drawn", "FileAddresses", "Press", "Sheet", "Signposts", "list_sheets"]
