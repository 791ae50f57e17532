"""From figures to what leaves: HTML pages, SVG, and files to download.

The room knows addresses, templates and marks. It never decides which value may be shown (that is done when a release
is made), never computes a figure (that is ``observe``), and never opens a file of the lake.
"""

from beffroi.publish.assets import Assets, load_assets
from beffroi.publish.sites import Site

__all__ = ["Assets", "Site", "load_assets"]
