"""Opens a project in QGIS, draws it, and says what was found; run by the interpreter that has QGIS."""

import json
import os
import sys

from qgis.core import (  # type: ignore[import-not-found]
    QgsApplication,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRenderContext,
)
from qgis.PyQt.QtCore import QSize  # type: ignore[import-not-found]

application = QgsApplication([], False)
application.initQgis()
project = QgsProject.instance()
assert project.read(sys.argv[1])

layers, shown = [], []
for node in project.layerTreeRoot().findLayers():
    layer = node.layer()
    renderer = layer.renderer()
    if isinstance(layer, QgsRasterLayer):
        classes = renderer.classes() if renderer.type() == "paletted" else []
        if renderer.type() == "singlebandpseudocolor":
            classes = renderer.shader().rasterShaderFunction().colorRampItemList()
        stats = layer.dataProvider().bandStatistics(1)
        layers.append(
            {
                "name": layer.name(), "valid": layer.isValid(), "renderer": renderer.type(), "classes": len(classes),
                "visible": node.isVisible(), "crs": layer.crs().authid(),
                "ends": [stats.minimumValue, stats.maximumValue],
            }
        )  # fmt: skip
        shown += [layer] if node.isVisible() else []
        continue
    kind = renderer.type()
    ranges = renderer.ranges() if kind == "graduatedSymbol" else []
    count = len(ranges) or (len(renderer.categories()) if kind == "categorizedSymbol" else 1)
    context = QgsRenderContext()
    renderer.startRender(context, layer.fields())
    drawn = sum(renderer.symbolForFeature(each, context) is not None for each in layer.getFeatures())
    renderer.stopRender(context)
    layers.append(
        {
            "name": layer.name(), "valid": layer.isValid(), "renderer": kind, "classes": count,
            "features": layer.featureCount(), "limits": [each.lowerValue() for each in ranges], "drawn": drawn,
            "labels": layer.labeling().settings().fieldName if layer.labelsEnabled() else None,
            "visible": node.isVisible(),
        }
    )  # fmt: skip
    if node.isVisible():
        shown.append(layer)

settings = QgsMapSettings()
settings.setLayers(shown)
settings.setDestinationCrs(project.crs())
settings.setOutputSize(QSize(500, 400))
settings.setExtent(project.viewSettings().defaultViewExtent())
job = QgsMapRendererSequentialJob(settings)
job.start()
job.waitForFinished()
image = job.renderedImage()
image.save(sys.argv[2])
colours = {image.pixel(x, y) for x in range(0, 500, 5) for y in range(0, 400, 5)}
print(
    json.dumps(
        {
            "title": project.title(), "crs": project.crs().authid(), "layers": layers, "colours": len(colours),
            "groups": [each.name() for each in project.layerTreeRoot().children()],
        }
    )
)  # fmt: skip
sys.stdout.flush()
# QGIS does not always end well after a drawing: what it says is said already.
os._exit(0)
