"""Who may see what: pure rules over readers and audiences, no storage.

An *audience* is ``public`` or ``partner:<name>``. What is public may be seen by everybody; what is for a
partner, by that partner and by the builder (the person who runs the build on the lake's own machine).
"""

from beffroi.access.readers import BUILDER, PUBLIC, Audience, Reader, allows, partner, reader_of

__all__ = ["BUILDER", "PUBLIC", "Audience", "Reader", "allows", "partner", "reader_of"]
