// Features asked of the server: those in a frame or in a shape, those of a name. Where pages are files, those on screen.
import type { Feature, FeatureCollection, Geometry } from "geojson";
import type { Map as Chart } from "maplibre-gl";
import type { Choice, LayerConfig } from "./config";
import { marksChosen, layerOf } from "./style";
import type { Properties } from "./words";

const MOST = 1000;

/** The value of a place in an image, in words. */
export interface PlaceValue {
  title: string;
  words: string;
  value: number | null;
}

/** What an image has at a place; null when the server does not say. */
export async function valueAt(values: string, longitude: number, latitude: number): Promise<PlaceValue | null> {
  const answer = await fetch(`${values}?lon=${longitude.toFixed(6)}&lat=${latitude.toFixed(6)}`);
  return answer.ok ? ((await answer.json()) as PlaceValue) : null;
}

export interface Found {
  rows: Properties[];
  /** How many there are in all; null when it is not known. */
  matched: number | null;
  /** Whether only what was on the screen could be looked at. */
  seenOnly: boolean;
}

/** The features that touch a shape, and that the reader kept. */
export async function within(chart: Chart, layer: LayerConfig, items: string | null, shape: readonly [number, number][], choice?: Choice): Promise<Found> {
  if (items) {
    const ring = [...shape, shape[0]].map((point) => point?.join(" ")).join(", ");
    const wanted = [`S_INTERSECTS(geometry, POLYGON((${ring})))`, ...conditions(layer, choice)];
    const answer = await fetch(`${items}?f=json&limit=${MOST}&filter-lang=cql2-text&filter=${encodeURIComponent(wanted.join(" AND "))}`);
    if (answer.ok) return found(await answer.json());
  }
  return { rows: onScreen(chart, layer, shape), matched: null, seenOnly: true };
}

/** Every attribute of a feature: tiles of small scales have few of them. */
export async function complete(items: string, fid: string): Promise<Properties | null> {
  const answer = await fetch(`${items}/${encodeURIComponent(fid)}?f=json`);
  if (!answer.ok) return null;
  const feature = (await answer.json()) as Feature;
  return { fid, ...feature.properties };
}

/** Features whose name begins with these words. */
export async function named(layer: LayerConfig, items: string, words: string): Promise<{ properties: Properties; geometry: Geometry | null }[]> {
  const begun = `CASEI("${layer.name}") LIKE CASEI('${words.replaceAll(/[%_\\]/g, "\\$&").replaceAll("'", "''")}%')`;
  const answer = await fetch(`${items}?f=json&limit=5&filter-lang=cql2-text&filter=${encodeURIComponent(begun)}`);
  if (!answer.ok) return [];
  const page = (await answer.json()) as FeatureCollection<Geometry | null>;
  return page.features.map((each) => ({ properties: { fid: each.id, ...each.properties }, geometry: each.geometry }));
}

function conditions(layer: LayerConfig, choice?: Choice): string[] {
  const write = (name: string, value: string): string => {
    const type = layer.attributes.find((each) => each.name === name)?.type;
    if (type === "text") return `'${value.replaceAll("'", "''")}'`;
    return type === "date" ? `DATE('${value}')` : type === "timestamp" ? `TIMESTAMP('${value}')` : value;
  };
  return [
    ...[...(choice?.values ?? [])].map(([name, values]) => `"${name}" IN (${[...values].map((each) => write(name, each)).join(", ")})`),
    ...[...(choice?.ranges ?? [])].map(([name, [low, high]]) => `"${name}" BETWEEN ${low} AND ${high}`),
  ];
}

function found(page: { features: Feature[]; numberMatched?: number }): Found {
  return { rows: page.features.map((each) => ({ fid: each.id, ...each.properties })), matched: page.numberMatched ?? null, seenOnly: false };
}

function onScreen(chart: Chart, layer: LayerConfig, shape: readonly [number, number][]): Properties[] {
  const corners = shape.map((point) => chart.project(point));
  const xs = corners.map((corner) => corner.x);
  const ys = corners.map((corner) => corner.y);
  const drawn = chart.getStyle().layers.map((each) => each.id).filter((id) => layerOf(id) === layer.id && !marksChosen(id));
  const seen = new Map<string, Properties>();
  for (const each of chart.queryRenderedFeatures([[Math.min(...xs), Math.min(...ys)], [Math.max(...xs), Math.max(...ys)]], { layers: drawn })) {
    if (each.properties["fid"] !== undefined) seen.set(String(each.properties["fid"]), each.properties);
  }
  return [...seen.values()].slice(0, MOST);
}
