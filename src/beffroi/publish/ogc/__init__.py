"""What the standards of the OGC ask for, written from a site: documents, features, their pages, their description."""

from beffroi.publish.ogc.collections import Collection, Shelf
from beffroi.publish.ogc.references import CRS_URIS, read_crs

__all__ = ["CRS_URIS", "Collection", "Shelf", "read_crs"]
