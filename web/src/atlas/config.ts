// What the server says of a map: layers from top to bottom, how they look, what may be asked of them.
// Addresses are relative to the file that says them.

export interface MapConfig {
  title: string;
  language: string;
  bounds: [number, number, number, number];
  opens: Spot;
  bookmarks: (Spot & { title: string })[];
  base: { tiles: string; attribution: string; maxzoom: number } | null;
  layers: LayerConfig[];
  swipe: { left: string; right: string } | null;
  /** Corners of the shapes of points that are not circles, by their name, in radii of the circle that they stand for. */
  marks: Record<string, [number, number][]>;
}

/** A place to look at: a frame (west, south, east, north), or a centre and a zoom. */
export interface Spot {
  bounds?: [number, number, number, number];
  centre?: [number, number];
  zoom?: number;
}

export interface LayerConfig {
  id: string;
  title: string;
  shape: "polygon" | "line" | "point" | "image";
  /** Whether tiles hold a point for each surface too, where its circle or its name stands. */
  points: boolean;
  tiles: Tiles;
  /** Of an image: whether its pixels are smoothed when they are enlarged, and where the value of a place is asked for. */
  image: { smooth: boolean; values: string | null } | null;
  /** Where its features are asked for one by one or by the page; null where no server answers. */
  items: string | null;
  /** Where the names of its features are, for pages that are files. */
  names: string | null;
  /** What holds it: west, south, east, north. */
  bounds: [number, number, number, number];
  shown: boolean;
  opacity: number;
  style: LayerStyle;
  labels: { attribute: string; from: number } | null;
  name: string | null;
  attributes: Attribute[];
  popup: string | null;
  sheet: { title: string; attributes: string[] }[];
  filters: Filter[];
}

export type Tiles = { archive: string; min: number; max: number } | { each: string; min: number; max: number };

/** Colours are names of tokens (`seq-3`), or `#rrggbb`. */
export interface LayerStyle {
  kind: "single" | "categories" | "classes" | "circles" | "ramp" | "rgb";
  column: string | null;
  colour: string;
  /** For categories, a colour by value; for classes, the lower limit of each with its colour, the first without. */
  steps: { value: string | number | boolean | null; colour: string }[];
  /** The colour of what is in no step; null when it is not drawn. */
  rest: string | null;
  outline: boolean;
  symbol: "circle" | "square" | "triangle" | "diamond" | "cross";
  width: number;
  /** For circles, the amount of the largest. */
  highest: number | null;
}

export interface Attribute {
  name: string;
  title: string;
  type: string;
  unit: { symbol: string; one: string; decimals: number; grouped: boolean } | null;
  /** Words of values, where they have some. */
  words: Record<string, string>;
  /** The attribute whose state it says: sure, confidential, missing. */
  stateOf: string | null;
  /** Of a state, by feature whose value is hidden: why, and what there is to read instead. */
  absences: Record<string, string>;
}

export type Filter =
  | { attribute: string; title: string; kind: "values"; values: (string | number | boolean)[] }
  | { attribute: string; title: string; kind: "range"; low: number; high: number };

/** What a reader chose among the features of a layer. */
export interface Choice {
  values: Map<string, Set<string>>;
  ranges: Map<string, [number, number]>;
}

export function whole(address: string, from: string): string {
  return new URL(address, from).href;
}
