"""Opens every layer of a server in QGIS without a screen, and says what QGIS found.

Run by the Python that has QGIS: ``QT_QPA_PLATFORM=offscreen /usr/bin/python3 scripts/open_in_qgis.py ADDRESS`` where
ADDRESS is that of the interface (``http://127.0.0.1:8000/ogc``). Ends with 1 when a layer does not open, has other
features than the server says, or none of its shapes can be read.
"""

import json
import os
import sys
import urllib.request

from qgis.core import QgsApplication, QgsFeatureRequest, QgsVectorLayer


def main(address: str) -> int:
    """Open each collection; how many went wrong."""
    application = QgsApplication([], False)
    application.initQgis()
    wrong = 0
    with urllib.request.urlopen(f"{address}/collections?f=json") as answer:
        collections = json.load(answer)["collections"]
    for each in collections:
        with urllib.request.urlopen(f"{address}/collections/{each['id']}/items?f=json&limit=1") as answer:
            matched = json.load(answer)["numberMatched"]
        source = f"typename='{each['id']}' url='{address}' version='OGC_API_FEATURES' pagingEnabled='true'"
        layer = QgsVectorLayer(source, each["title"], "OAPIF")
        features = list(layer.getFeatures(QgsFeatureRequest())) if layer.isValid() else []
        shaped = sum(not feature.geometry().isEmpty() for feature in features)
        good = layer.isValid() and len(features) == shaped == matched
        wrong += not good
        fields = ", ".join(field.name() for field in layer.fields())
        system = layer.crs().authid()
        print(f"{'ok' if good else 'WRONG'}  {each['id']}: {len(features)} of {matched} features, {system}, {fields}")
    return wrong


if __name__ == "__main__":
    found = main(sys.argv[1].rstrip("/"))
    sys.stdout.flush()
    # QGIS does not always end by itself once it has read from the network.
    os._exit(1 if found else 0)
