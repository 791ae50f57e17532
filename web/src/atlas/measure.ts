// Distances and areas on the ellipsoid, as one clicks. What is measured is said in words, never by the drawing alone.
import type { Feature, FeatureCollection, Geometry } from "geojson";
import geodesic from "geographiclib-geodesic";
import type { GeoJSONSource, Map as Chart, MapMouseEvent } from "maplibre-gl";
import { colour } from "./style";

type Point = [number, number];

/** Metres along a broken line. */
export function lengthOf(points: readonly Point[]): number {
  let sum = 0;
  for (let index = 1; index < points.length; index++) {
    const [from, to] = [points[index - 1], points[index]];
    if (from && to) sum += geodesic.Geodesic.WGS84.Inverse(from[1], from[0], to[1], to[0]).s12 ?? 0;
  }
  return sum;
}

/** Square metres inside a closed line. */
export function areaOf(points: readonly Point[]): number {
  if (points.length < 3) return 0;
  const polygon = geodesic.Geodesic.WGS84.Polygon(false);
  for (const [x, y] of points) polygon.AddPoint(y, x);
  return Math.abs(polygon.Compute(false, true).area ?? 0);
}

/** A line drawn by hand over the map: each click adds a point, a double click, Enter or the button ends it. */
export class Pencil {
  private points: Point[] = [];
  private readonly onClick = (event: MapMouseEvent): void => this.add([event.lngLat.lng, event.lngLat.lat]);
  private readonly onEnd = (event: MapMouseEvent): void => {
    event.preventDefault();
    this.end();
  };
  active = false;

  /** `closed` for a surface; `changed` is told of each point, `done` of the end. */
  constructor(
    private readonly chart: Chart,
    private readonly name: string,
    private readonly closed: boolean,
    private readonly changed: (points: readonly Point[]) => void,
    private readonly done: (points: readonly Point[]) => void,
  ) {}

  begin(): void {
    this.clear();
    this.active = true;
    this.chart.getCanvas().classList.add("drawing");
    this.chart.doubleClickZoom.disable();
    this.chart.on("click", this.onClick);
    this.chart.on("dblclick", this.onEnd);
  }

  /** A point, wherever it comes from: the mouse, or the middle of the map for who uses the keyboard. */
  add(point: Point): void {
    this.points.push(point);
    this.draw();
    this.changed(this.points);
  }

  end(): void {
    if (!this.active) return;
    this.active = false;
    this.chart.off("click", this.onClick);
    this.chart.off("dblclick", this.onEnd);
    this.chart.getCanvas().classList.remove("drawing");
    setTimeout(() => this.chart.doubleClickZoom.enable(), 0);
    // A double click has added its point twice.
    const last = this.points.at(-1);
    const before = this.points.at(-2);
    if (last && before && this.chart.project(last).dist(this.chart.project(before)) < 3) this.points.pop();
    this.draw();
    this.done(this.points);
  }

  clear(): void {
    if (this.active) this.end();
    this.points = [];
    this.draw();
  }

  /** Puts the drawing back after the style of the map was changed. */
  draw(): void {
    const ring = this.closed && this.points.length > 2 && this.points[0] ? [...this.points, this.points[0]] : this.points;
    const data: FeatureCollection = {
      type: "FeatureCollection",
      features: [
        ...this.points.map((point) => feature({ type: "Point" as const, coordinates: point })),
        ...(ring.length > 1 ? [feature({ type: "LineString" as const, coordinates: ring })] : []),
        ...(this.closed && ring.length > 3 ? [feature({ type: "Polygon" as const, coordinates: [ring] })] : []),
      ],
    };
    const source = this.chart.getSource<GeoJSONSource>(this.name);
    if (source) {
      source.setData(data);
      return;
    }
    if (!this.points.length) return;
    this.chart.addSource(this.name, { type: "geojson", data });
    this.chart.addLayer({ id: `${this.name}-fill`, type: "fill", source: this.name, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour("accent"), "fill-opacity": 0.12 } });
    this.chart.addLayer({ id: `${this.name}-line`, type: "line", source: this.name, paint: { "line-color": colour("accent"), "line-width": 2.5, "line-dasharray": [2, 1.5] } });
    this.chart.addLayer({ id: `${this.name}-point`, type: "circle", source: this.name, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": colour("paper"), "circle-radius": 4, "circle-stroke-color": colour("accent"), "circle-stroke-width": 2 } });
  }
}

function feature<G extends Geometry>(geometry: G): Feature<G> {
  return { type: "Feature", properties: {}, geometry };
}
