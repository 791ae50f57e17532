"""An invented territory to try maps on: parcels, buildings, zoning, sales, sites, transport, images, of any size.

It stands on contours of invented communes, at sea, and knows nothing of any real place. One seed gives one territory,
to the last byte; the number of parcels is asked for. Nothing here is read by the platform itself: it writes files
that a workspace declares like anybody else's.

    python -m scripts.invent_territory workspaces/exemple --workspace --parcels 900 --communes 20001,20006,20014
    python -m scripts.invent_territory FOLDER --parcels 1500000 --format parquet
"""

from .images import draw_images
from .territories import Territory, invent_territory

__all__ = ["Territory", "draw_images", "invent_territory"]
