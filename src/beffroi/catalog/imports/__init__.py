"""What other tools have drawn, taken into a workspace as drafts of layers, with the list of what could not be taken.

It reads files that anybody may have written: nothing in them is run, fetched or followed.
"""

from beffroi.catalog.imports.drafts import Imported, import_styles, say_loss

__all__ = ["Imported", "import_styles", "say_loss"]
