// How layers are drawn: what the server says of them, in the words of the map library, with the colours of the page.
import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";
import type { Choice, LayerConfig, LayerStyle } from "./config";

type Paint = string | ExpressionSpecification;

/** Radius of the largest circle, in pixels. */
const LARGEST = 34;
/** Radius in its image, of 64 pixels, of the circle that the shape of a point stands for. */
const RADIUS = 17;
/** Opacity of the edges of pale surfaces, which are still to be told from one another. */
const PLAIN = 0.8;
const SELECTED = "chosen";
const LABEL = "label";
const EDGE = "edge";
const IMAGE = "image";

/** The value of a token of the page, light or dark as the page is. */
export function colour(name: string): string {
  if (name.startsWith("#")) return name;
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || "#888888";
}

/** The colour of each feature, by its value. */
function paintOf(style: LayerStyle): Paint {
  if (style.kind === "categories") {
    const pairs = style.steps.flatMap((step) => [String(step.value), colour(step.colour)]);
    return ["match", ["to-string", ["get", style.column ?? ""]], ...pairs, colour(style.rest ?? "grey-2")] as ExpressionSpecification;
  }
  if (style.kind === "classes") {
    const number = ["to-number", ["get", style.column ?? ""], 0];
    const [first, ...others] = style.steps;
    const stops = others.flatMap((step) => [step.value, colour(step.colour)]);
    const shades = ["step", number, colour(first?.colour ?? style.colour), ...stops];
    return ["case", ["has", style.column ?? ""], shades, colour("land")] as unknown as ExpressionSpecification;
  }
  return colour(style.colour);
}

function radiusOf(style: LayerStyle): number | ExpressionSpecification {
  if (style.kind !== "circles" || !style.highest) return ["interpolate", ["linear"], ["zoom"], 8, 3, 14, 6] as ExpressionSpecification;
  const amount = ["max", 0, ["to-number", ["get", style.column ?? ""], 0]];
  return ["*", LARGEST, ["sqrt", ["/", amount, style.highest]]] as unknown as ExpressionSpecification;
}

/** The features that are drawn: those of a category of the legend, and those that the reader kept. */
export function filterOf(layer: LayerConfig, choice?: Choice): FilterSpecification | undefined {
  const wanted: ExpressionSpecification[] = [];
  const { style } = layer;
  if (style.kind === "categories" && style.rest === null) {
    wanted.push(["in", ["to-string", ["get", style.column ?? ""]], ["literal", style.steps.map((step) => String(step.value))]]);
  }
  for (const [attribute, values] of choice?.values ?? []) {
    wanted.push(["in", ["to-string", ["get", attribute]], ["literal", [...values]]]);
  }
  for (const [attribute, [low, high]] of choice?.ranges ?? []) {
    const number = ["to-number", ["get", attribute]] as unknown as ExpressionSpecification;
    wanted.push(["all", ["has", attribute], [">=", number, low], ["<=", number, high]]);
  }
  return wanted.length ? (["all", ...wanted] as FilterSpecification) : undefined;
}

/** Squares that stand for features too small to be seen have no edge: it would hide them. */
function edged(filter: FilterSpecification | undefined): FilterSpecification {
  return ["all", ["has", "fid"], ...(filter ? [filter] : [])] as FilterSpecification;
}

/** What a drawing of a layer shows of it, what the reader chose being so. */
export function keptBy(drawing: string, layer: LayerConfig, choice?: Choice): FilterSpecification | null {
  const filter = filterOf(layer, choice);
  return drawing.endsWith(`|${EDGE}`) ? edged(filter) : (filter ?? null);
}

/** The drawings of a layer, the lowest first; their names begin with that of the layer. */
export function drawings(layer: LayerConfig, source: string, choice?: Choice): LayerSpecification[] {
  const filter = filterOf(layer, choice);
  const kept = filter ? { filter } : {};
  const [features, points] = [{ source, "source-layer": "features" }, { source, "source-layer": layer.points ? "points" : "features" }];
  const { style, opacity } = layer;
  const paint = paintOf(style);
  const made: LayerSpecification[] = [];
  const name = (part: string): string => `${layer.id}|${part}`;
  if (layer.image) {
    const resampling = layer.image.smooth ? ("linear" as const) : ("nearest" as const);
    return [{ id: name(IMAGE), type: "raster", source, paint: { "raster-opacity": opacity, "raster-resampling": resampling, "raster-fade-duration": 0 } }];
  }
  const chosen = { filter: ["==", ["get", "fid"], ""] as FilterSpecification };
  if (layer.shape === "polygon") {
    const ground = style.kind === "circles";
    made.push({ id: name("fill"), type: "fill", ...features, ...kept, paint: { "fill-color": ground ? colour("land") : (paint as string), "fill-opacity": opacity, "fill-antialias": false } });
    // A surface without an outline has an edge of its own colour from afar, so that a thin one is still seen.
    const widths = style.outline ? [7, 0.2, 14, 1] : [11, 0.8, 13, 0];
    const width = ["interpolate", ["linear"], ["zoom"], ...widths] as ExpressionSpecification;
    const edge = style.outline ? colour("paper") : (paint as string);
    if (style.outline || !ground) made.push({ id: name(EDGE), type: "line", ...features, filter: edged(filter), paint: { "line-color": edge, "line-width": width, "line-opacity": style.outline ? Math.max(opacity, PLAIN) : opacity } });
    made.push({ id: name(SELECTED), type: "line", ...features, ...chosen, layout: { "line-join": "round" }, paint: { "line-color": colour("accent"), "line-width": 3 } });
  } else if (layer.shape === "line") {
    made.push({ id: name("line"), type: "line", ...features, ...kept, layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": paint as string, "line-width": style.width, "line-opacity": opacity } });
    made.push({ id: name(SELECTED), type: "line", ...features, ...chosen, paint: { "line-color": colour("accent"), "line-width": style.width + 3 } });
  }
  if (style.kind === "circles") {
    const order = { layout: { "circle-sort-key": ["-", 0, ["to-number", ["get", style.column ?? ""], 0]] as ExpressionSpecification } };
    const edge = { "circle-stroke-color": colour("paper"), "circle-stroke-width": 1 };
    made.push({ id: name("circle"), type: "circle", ...points, ...kept, ...order, paint: { "circle-color": paint as string, "circle-opacity": opacity * 0.8, "circle-radius": radiusOf(style), ...edge } });
  } else if (layer.shape === "point" && style.symbol !== "circle") {
    const size = ["interpolate", ["linear"], ["zoom"], 8, 0.16, 14, 0.4] as ExpressionSpecification;
    const layout = { "icon-image": style.symbol, "icon-size": size, "icon-allow-overlap": true };
    // A halo has six pixels of the image at most, which the size of the sign makes smaller.
    const wide = ["interpolate", ["linear"], ["zoom"], 8, 0.4, 14, 1.5] as ExpressionSpecification;
    const halo = { "icon-halo-color": colour("paper"), "icon-halo-width": style.outline ? wide : 0 };
    made.push({ id: name("symbol"), type: "symbol", ...features, ...kept, layout, paint: { "icon-color": paint as string, "icon-opacity": opacity, ...halo } });
  } else if (layer.shape === "point") {
    const edge = { "circle-stroke-color": colour("paper"), "circle-stroke-width": style.outline ? 1 : 0 };
    made.push({ id: name("point"), type: "circle", ...features, ...kept, paint: { "circle-color": paint as string, "circle-opacity": opacity, "circle-radius": radiusOf(style), ...edge } });
  }
  if (layer.shape === "point") {
    const ring = { "circle-color": "transparent", "circle-radius": style.kind === "circles" ? radiusOf(style) : 9, "circle-stroke-color": colour("accent"), "circle-stroke-width": 3 };
    made.push({ id: name(SELECTED), type: "circle", ...features, ...chosen, paint: ring });
  }
  if (layer.labels) {
    const onPoint = layer.shape === "point";
    made.push({
      id: name(LABEL), type: "symbol", ...points, ...kept, minzoom: layer.labels.from,
      layout: {
        "text-field": ["to-string", ["get", layer.labels.attribute]], "text-font": ["Atlas"], "text-size": 13, "text-max-width": 9,
        "text-anchor": onPoint ? "top" : "center", "text-offset": onPoint ? [0, 0.6] : [0, 0],
        ...(layer.shape === "line" ? { "symbol-placement": "line" as const } : {}),
      },
      paint: { "text-color": colour("ink"), "text-halo-color": colour("paper"), "text-halo-width": 1.5 },
    });
  }
  return made;
}

/** Whether a drawing is the mark of the feature in hand. */
export function marksChosen(id: string): boolean {
  return id.endsWith(`|${SELECTED}`);
}

/** Whether a drawing is of words: these stand above all layers. */
export function isLabel(drawing: LayerSpecification): boolean {
  return drawing.id.endsWith(`|${LABEL}`);
}

/** Whether a drawing is an image, which has no features to point at. */
export function showsImage(id: string): boolean {
  return id.endsWith(`|${IMAGE}`);
}

/** The layer that a drawing is of. */
export function layerOf(id: string): string {
  return id.slice(0, id.lastIndexOf("|"));
}

/** The shapes of points that are not circles, as distances to their edge, so that they take any colour. */
export function shapes(marks: Record<string, [number, number][]>): [string, ImageData][] {
  const size = 64;
  return Object.entries(marks).map(([name, corners]) => {
    const image = new ImageData(size, size);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const far = reach([x - size / 2 + 0.5, y - size / 2 + 0.5], corners.map(([cx, cy]) => [cx * RADIUS, cy * RADIUS]));
        image.data[(y * size + x) * 4 + 3] = Math.max(0, Math.min(255, 191 - far * 32));
      }
    }
    return [name, image];
  });
}

/** Distance of a point to a polygon, negative inside. */
function reach([x, y]: [number, number], corners: number[][]): number {
  let [nearest, inside] = [Infinity, false];
  corners.forEach((one, index) => {
    const other = corners[(index + 1) % corners.length] ?? one;
    const [ax = 0, ay = 0] = one;
    const [bx = 0, by = 0] = other;
    const share = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)));
    nearest = Math.min(nearest, Math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay)));
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  });
  return inside ? -nearest : nearest;
}
