// The map library set on a page: sources from tile archives or tiles one by one, styles from the layers, both schemes.
import { addProtocol, AttributionControl, GeolocateControl, Map as Chart, NavigationControl, ScaleControl, setWorkerUrl, type RasterSourceSpecification, type StyleSpecification } from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { FetchSource, PMTiles, Protocol, type RangeResponse } from "pmtiles";
import { whole, type Choice, type LayerConfig, type MapConfig } from "./config";
import { colour, drawings, isLabel, shapes } from "./style";

let ready: Protocol | null = null;

/** An archive read by its parts; from a server of files that gives no parts, taken whole, once. */
class Archive extends FetchSource {
  private all: Promise<ArrayBuffer> | null = null;

  override async getBytes(offset: number, length: number, signal?: AbortSignal, etag?: string): Promise<RangeResponse> {
    if (!this.all) {
      try {
        return await super.getBytes(offset, length, signal, etag);
      } catch (error) {
        if (offset > 0 || signal?.aborted) throw error;
        this.all = fetch(this.getKey()).then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(answer.statusText))));
      }
    }
    return { data: (await this.all).slice(offset, offset + length) };
  }
}

/** How archives are read, and, once a page, where the library finds its second script, beside this one. */
function prepare(map: MapConfig, from: string): void {
  if (!ready) {
    ready = new Protocol();
    addProtocol("pmtiles", ready.tile);
    setWorkerUrl(new URL(worker.slice(worker.lastIndexOf("/") + 1), import.meta.url).href);
  }
  for (const { tiles } of map.layers) {
    const address = "archive" in tiles ? whole(tiles.archive, from) : "";
    if (address && !ready.get(address)) ready.add(new PMTiles(new Archive(address)));
  }
}

/** The face of the words of the map, under a name without digits, which the library cannot read; there before it draws. */
export async function loadFace(): Promise<void> {
  await document.fonts.load("13px Atlas", "Aé").catch(() => []);
}

export function styleOf(map: MapConfig, from: string, layers: readonly LayerConfig[], shown: ReadonlySet<string>, choices: ReadonlyMap<string, Choice>): StyleSpecification {
  const style: StyleSpecification = { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": colour("paper") } }] };
  if (map.base) {
    style.sources["base"] = { type: "raster", tiles: [map.base.tiles], tileSize: 256, maxzoom: map.base.maxzoom, attribution: map.base.attribution };
    style.layers.push({ id: "base", type: "raster", source: "base", paint: { "raster-saturation": -0.5, "raster-opacity": 0.75 } });
  }
  for (const layer of [...layers].reverse()) {
    const { tiles } = layer;
    const range = { minzoom: tiles.min, maxzoom: tiles.max };
    style.sources[layer.id] = layer.image ? imageOf(layer, from) :
      "archive" in tiles ? { type: "vector", url: `pmtiles://${whole(tiles.archive, from)}` } : { type: "vector", tiles: [decodeURI(whole(tiles.each, from))], ...range };
    for (const drawing of drawings(layer, layer.id, choices.get(layer.id))) {
      drawing.layout = { ...drawing.layout, visibility: shown.has(layer.id) ? "visible" : "none" } as never;
      style.layers.push(drawing);
    }
  }
  style.layers.sort((one, other) => Number(isLabel(one)) - Number(isLabel(other)));
  return style;
}

/** The source of an image: pictures of 512 pixels, which the map goes on enlarging. */
function imageOf({ tiles, bounds }: LayerConfig, from: string): RasterSourceSpecification {
  const common = { type: "raster" as const, tileSize: 512, minzoom: tiles.min, maxzoom: tiles.max };
  return "archive" in tiles ? { ...common, url: `pmtiles://${whole(tiles.archive, from)}` } : { ...common, tiles: [decodeURI(whole(tiles.each, from))], bounds };
}

export interface Words {
  [name: string]: string;
}

export function openChart(holder: HTMLElement, map: MapConfig, from: string, style: StyleSpecification, words: Words, controls: boolean): Chart {
  prepare(map, from);
  const chart = new Chart({
    container: holder,
    style,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    maxZoom: 19,
    fadeDuration: 0,
    cooperativeGestures: false,
    locale: {
      "NavigationControl.ZoomIn": words["zoom_in"] ?? "", "NavigationControl.ZoomOut": words["zoom_out"] ?? "",
      "GeolocateControl.FindMyLocation": words["locate"] ?? "", "GeolocateControl.LocationNotAvailable": words["no_location"] ?? "",
      "Map.Title": map.title, "AttributionControl.ToggleAttribution": words["attribution"] ?? "",
    },
    ...(map.opens.bounds ? { bounds: map.opens.bounds, fitBoundsOptions: { padding: 24 } } : { center: map.opens.centre, zoom: map.opens.zoom }),
  });
  chart.touchZoomRotate.disableRotation();
  chart.keyboard.disableRotation();
  chart.on("style.load", () => {
    for (const [name, image] of shapes(map.marks)) if (!chart.hasImage(name)) chart.addImage(name, image, { sdf: true });
  });
  if (controls) {
    chart.addControl(new NavigationControl({ showCompass: false }), "top-right");
    chart.addControl(new GeolocateControl({ positionOptions: { enableHighAccuracy: true }, trackUserLocation: false }), "top-right");
    chart.addControl(new ScaleControl({ unit: "metric", maxWidth: 120 }), "bottom-left");
    if (map.base) chart.addControl(new AttributionControl({ compact: false }), "bottom-right");
  }
  return chart;
}
