// The map that one reads and asks, over the picture that the page has without it.
import type { Map as Chart, MapGeoJSONFeature, MapMouseEvent, StyleSpecification } from "maplibre-gl";
import * as address from "./address";
import { complete, valueAt, within, type PlaceValue } from "./asking";
import { loadFace, openChart, styleOf, type Words } from "./chart";
import { whole, type Choice, type LayerConfig, type MapConfig, type Spot } from "./config";
import { areaOf, lengthOf, Pencil } from "./measure";
import { furnish } from "./panel";
import { furnishSearch, matching, placesAt, placesOf, type Place } from "./search";
import { writeSelection, writeSheet, writeValues } from "./sheet";
import { keptBy, layerOf, marksChosen, showsImage } from "./style";
import { keepTogether, part } from "./swipe";
import { mergedIn, nameOf, popupOf, type Properties } from "./words";

export class AtlasElement extends HTMLElement {
  private from = "";
  private map!: MapConfig;
  private chart!: Chart;
  private other: Chart | null = null;
  private parted = 50;
  private words: Words = {};
  private layers: LayerConfig[] = [];
  private shown = new Set<string>();
  private choices = new Map<string, Choice>();
  private held: { layer: string; fid: string } | null = null;
  private pencil: Pencil | null = null;
  /** Counts what was asked of images, for an answer that comes late to be left alone. */
  private asked = 0;
  private places: Promise<Place[]> | null = null;
  private label!: HTMLElement;
  private readonly spoken = document.createElement("p");

  async connectedCallback(): Promise<void> {
    if (this.from) return;
    this.from = new URL(this.dataset.config ?? "", location.href).href;
    this.words = JSON.parse(this.dataset.words ?? "{}") as Words;
    const answer = await fetch(this.from);
    if (!answer.ok || !canDraw()) return;
    this.map = (await answer.json()) as MapConfig;
    await loadFace();
    this.layers = this.map.layers;
    const seen = address.read(location.hash);
    this.shown = new Set(seen.layers ?? this.layers.filter((layer) => layer.shown).map((layer) => layer.id));
    this.choices = seen.choices;
    this.held = seen.held;
    if (seen.at) this.map.opens = seen.at;
    this.open();
  }

  private piece(name: string): HTMLElement {
    return this.querySelector<HTMLElement>(name)!;
  }

  private open(): void {
    const holder = this.piece(".atlas-chart");
    const ground = document.createElement("div");
    ground.className = "atlas-live";
    holder.append(ground);
    this.chart = openChart(ground, this.map, this.from, this.styled(this.side("left")), this.words, true);
    this.chart.once("idle", () => {
      this.piece(".atlas-picture").hidden = true;
      this.classList.add("live");
      this.hold(this.held);
    });
    this.label = document.createElement("div");
    this.label.className = "tooltip";
    this.label.hidden = true;
    this.spoken.className = "visually-hidden";
    this.spoken.setAttribute("role", "status");
    holder.append(this.label, this.spoken);
    this.listen();
    furnish(this.piece(".atlas-layers"), this.layers, this.shown, this.choices, this.words, {
      shown: (layer, seen) => this.show(layer, seen),
      chosen: (layer, choice) => this.choose(layer, choice),
      veiled: (layer, opacity) => this.veil(layer, opacity),
    });
    this.addTools();
    furnishSearch(this.piece(".atlas-search") as HTMLFormElement, (words) => this.find(words), (place) => this.look({ bounds: place.bounds }));
    if (this.map.swipe) this.addSwipe(this.map.swipe);
    for (const link of this.querySelectorAll<HTMLElement>("[data-bookmark]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        const spot = this.map.bookmarks[Number(link.dataset.bookmark)];
        if (spot) this.look(spot);
      });
    }
  }

  private styled(shown: ReadonlySet<string>): ReturnType<typeof styleOf> {
    return styleOf(this.map, this.from, this.layers, shown, this.choices);
  }

  private look(spot: Spot): void {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (spot.bounds) this.chart.fitBounds(spot.bounds, { padding: 40, animate: !still, duration: 500, maxZoom: 17 });
    else if (spot.centre) this.chart.easeTo({ center: spot.centre, zoom: spot.zoom ?? this.chart.getZoom(), animate: !still, duration: 500 });
  }

  /** The layers seen on a side: where two are parted by a line, neither goes beyond it. */
  private side(side: "left" | "right"): ReadonlySet<string> {
    const beyond = this.map.swipe?.[side === "left" ? "right" : "left"];
    return new Set([...this.shown].filter((layer) => layer !== beyond));
  }

  private charts(): [Chart, ReadonlySet<string>][] {
    return this.other ? [[this.chart, this.side("left")], [this.other, this.side("right")]] : [[this.chart, this.side("left")]];
  }

  /** The names of what a chart draws; none before its style is there. */
  private drawn(chart: Chart): string[] {
    return (chart.getStyle() as StyleSpecification | undefined)?.layers.map((each) => each.id) ?? [];
  }

  private drawingsOf(chart: Chart, layer: string): string[] {
    return this.drawn(chart).filter((id) => layerOf(id) === layer);
  }

  private show(layer: string, seen: boolean): void {
    if (seen) this.shown.add(layer);
    else this.shown.delete(layer);
    for (const [chart, side] of this.charts()) {
      for (const id of this.drawingsOf(chart, layer)) chart.setLayoutProperty(id, "visibility", side.has(layer) ? "visible" : "none");
    }
    this.tell();
  }

  private choose(id: string, choice: Choice): void {
    const layer = this.layers.find((each) => each.id === id);
    if (!layer) return;
    for (const [chart] of this.charts()) {
      for (const drawing of this.drawingsOf(chart, id)) {
        if (!marksChosen(drawing)) chart.setFilter(drawing, keptBy(drawing, layer, choice));
      }
    }
    this.tell();
  }

  private veil(id: string, opacity: number): void {
    const layer = this.layers.find((each) => each.id === id);
    if (layer) layer.opacity = opacity;
    for (const [chart] of this.charts()) {
      for (const drawing of this.drawingsOf(chart, id)) chart.setPaintProperty(drawing, "raster-opacity", opacity);
    }
  }

  /** Take what is at a place: a feature with its sheet, and what the images that are seen there have. */
  private take(feature: MapGeoJSONFeature | undefined, place: { lng: number; lat: number }, side: ReadonlySet<string>): void {
    this.hold(feature ? { layer: String(feature.source), fid: String(feature.properties.fid) } : null, feature?.properties);
    const asked = ++this.asked;
    const images = this.layers.filter((layer) => side.has(layer.id) && layer.image?.values);
    if (!images.length) return;
    void Promise.all(images.map((layer) => valueAt(whole(layer.image?.values ?? "", this.from), place.lng, place.lat))).then((found) => {
      const values = found.filter((each): each is PlaceValue => each !== null);
      if (asked !== this.asked || !values.length) return;
      const sheet = this.piece(".atlas-sheet");
      writeValues(sheet, values, [place.lng, place.lat], this.map.language, this.words, sheet.hidden, () => this.hold(null));
      if (!feature) this.spoken.textContent = values.map((each) => `${each.title} : ${each.words}`).join(" ; ");
    });
  }

  /** Mark a feature and open its sheet, or put it back. */
  private hold(held: { layer: string; fid: string } | null, properties?: Properties): void {
    this.held = held;
    this.asked++;
    const sheet = this.piece(".atlas-sheet");
    for (const [chart] of this.charts()) {
      for (const id of this.drawn(chart).filter(marksChosen)) {
        const own = held && layerOf(id) === held.layer ? held.fid : "";
        // What stands for several features has no fid, which is no reason to mark it.
        chart.setFilter(id, ["all", ["has", "fid"], ["==", ["to-string", ["get", "fid"]], own]]);
      }
    }
    const layer = this.layers.find((each) => each.id === held?.layer);
    const known = properties ?? (layer && held ? this.seen(layer, held.fid) : undefined);
    sheet.hidden = !known;
    if (held && layer) {
      const write = (all: Properties): void => {
        writeSheet(sheet, layer, all, this.map.language, this.words, () => this.hold(null));
        this.spoken.textContent = nameOf(layer, all);
      };
      if (known) write(known);
      // Tiles of small scales have few attributes, and none has what is out of sight: an address may name it.
      if (layer.items && (!known || this.chart.getZoom() < layer.tiles.max)) {
        void complete(whole(layer.items, this.from), held.fid).then((all) => {
          if (all && this.held === held) write(all);
        });
      }
    }
    this.tell();
  }

  private seen(layer: LayerConfig, fid: string): Properties | undefined {
    const found = this.chart.querySourceFeatures(layer.id, { sourceLayer: "features", filter: ["==", ["to-string", ["get", "fid"]], fid] });
    return found[0]?.properties;
  }

  private tell(): void {
    const { lng, lat } = this.chart.getCenter();
    const usual = this.layers.filter((layer) => layer.shown).map((layer) => layer.id);
    const same = usual.length === this.shown.size && usual.every((layer) => this.shown.has(layer));
    const layers = same ? null : this.layers.map((layer) => layer.id).filter((id) => this.shown.has(id));
    const choices = new Map([...this.choices].filter(([, choice]) => choice.values.size + choice.ranges.size > 0));
    const hash = address.write({ at: { zoom: this.chart.getZoom(), centre: [lng, lat] }, layers, held: this.held, choices });
    history.replaceState(history.state, "", hash);
  }

  /** Whether a point is on the right of the line, where the chart lets the pointer through: the one below listens. */
  private isBeyond(x: number): boolean {
    return this.other !== null && x > (this.chart.getContainer().clientWidth * this.parted) / 100;
  }

  private pointed(event: MapMouseEvent): MapGeoJSONFeature | undefined {
    const beyond = this.isBeyond(event.point.x);
    const [chart, side] = this.charts()[beyond ? 1 : 0]!;
    const layers = [...side].flatMap((layer) => this.drawingsOf(chart, layer).filter((id) => !marksChosen(id) && !showsImage(id)));
    const reach = event.point;
    const box: [[number, number], [number, number]] = [[reach.x - 3, reach.y - 3], [reach.x + 3, reach.y + 3]];
    return chart.queryRenderedFeatures(event.point, { layers })[0] ?? chart.queryRenderedFeatures(box, { layers })[0];
  }

  private listen(): void {
    const chart = this.chart;
    chart.on("moveend", () => this.tell());
    chart.on("mousemove", (event) => {
      if (this.pencil?.active) return;
      const feature = this.pointed(event);
      chart.getCanvas().classList.toggle("pointing", Boolean(feature));
      const layer = this.layers.find((each) => each.id === feature?.source);
      this.label.hidden = !feature || !layer;
      if (!feature || !layer) return;
      const [first = "", ...others] = this.describe(layer, feature.properties);
      const strong = document.createElement("strong");
      strong.textContent = first;
      this.label.replaceChildren(strong, ...others.flatMap((words) => [document.createElement("br"), words]));
      const half = this.label.offsetWidth / 2;
      this.label.style.setProperty("left", `${Math.min(Math.max(event.point.x, half), this.chart.getContainer().clientWidth - half)}px`);
      const above = event.point.y - this.label.offsetHeight - 14;
      this.label.style.setProperty("top", `${above > 0 ? above : event.point.y + 18}px`);
    });
    chart.on("mouseout", () => {
      this.label.hidden = true;
    });
    chart.on("click", (event) => {
      if (this.pencil?.active) return;
      const feature = this.pointed(event);
      if (feature && mergedIn(feature.properties)) this.look({ centre: [event.lngLat.lng, event.lngLat.lat], zoom: this.chart.getZoom() + 2 });
      else this.take(feature, event.lngLat, this.side(this.isBeyond(event.point.x) ? "right" : "left"));
    });
    this.addEventListener("keydown", (event) => this.press(event));
    new MutationObserver(() => this.dress()).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.dress());
    addEventListener("beforeprint", () => {
      this.piece(".atlas-picture").hidden = false;
    });
    addEventListener("afterprint", () => {
      this.piece(".atlas-picture").hidden = true;
    });
  }

  /** What is said of what one points at; of a mark that stands for features too small to be drawn, how many there are. */
  private describe(layer: LayerConfig, properties: Properties): string[] {
    const merged = mergedIn(properties);
    if (!merged) return popupOf(layer, properties, this.map.language);
    const words = this.words[merged > 1 ? "merged_many" : "merged_one"] ?? "";
    return [layer.title, words.replace("{count}", new Intl.NumberFormat(this.map.language).format(merged))];
  }

  private press(event: KeyboardEvent): void {
    const onMap = (event.target as Element).closest(".maplibregl-canvas") !== null;
    if (event.key === "Escape") {
      if (this.pencil) this.putAway();
      else this.hold(null);
    } else if (onMap && event.key === "Enter") {
      // The middle of the map stands for the pointer.
      const centre = this.chart.getCenter();
      if (this.pencil?.active && event.shiftKey) this.pencil.end();
      else if (this.pencil?.active) this.pencil.add([centre.lng, centre.lat]);
      else {
        const point = this.chart.project(centre);
        const feature = this.pointed({ point } as MapMouseEvent);
        if (feature && mergedIn(feature.properties)) this.look({ centre: [centre.lng, centre.lat], zoom: this.chart.getZoom() + 2 });
        else this.take(feature, centre, this.side(this.isBeyond(point.x) ? "right" : "left"));
      }
    } else return;
    event.preventDefault();
  }

  /** The colours of the page have changed: those of the map follow. */
  private dress(): void {
    for (const [chart, side] of this.charts()) chart.setStyle(this.styled(side));
    this.chart.once("idle", () => {
      this.hold(this.held);
      this.pencil?.draw();
    });
  }

  private addTools(): void {
    const tools = this.piece(".atlas-tools");
    const button = (name: string, act: (pressed: HTMLButtonElement) => void): void => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = this.words[name] ?? name;
      made.addEventListener("click", () => act(made));
      tools.prepend(made);
    };
    button("share", (made) => {
      void navigator.clipboard.writeText(location.href).then(() => {
        this.say(this.words["copied"] ?? "");
        made.blur();
      });
    });
    button("select", (made) => this.takeUp(made, "selection", true, (points) => void this.select(points)));
    button("measure", (made) => this.takeUp(made, "measure", true, (points) => this.saySizes(points)));
  }

  private say(words: string): void {
    const line = this.piece(".atlas-said");
    line.textContent = words;
    line.hidden = !words;
  }

  private takeUp(button: HTMLButtonElement, name: string, closed: boolean, done: (points: readonly [number, number][]) => void): void {
    const same = button.getAttribute("aria-pressed") === "true";
    this.putAway();
    if (same) return;
    button.setAttribute("aria-pressed", "true");
    const told = (points: readonly [number, number][]): void => (name === "measure" ? this.saySizes(points) : undefined);
    this.pencil = new Pencil(this.chart, name, closed, told, done);
    this.pencil.begin();
    this.say(this.words[`${name}_how`] ?? "");
    this.chart.getCanvas().focus();
  }

  private putAway(): void {
    this.pencil?.clear();
    this.pencil = null;
    for (const pressed of this.querySelectorAll(".atlas-tools [aria-pressed=true]")) pressed.setAttribute("aria-pressed", "false");
    this.say("");
  }

  private saySizes(points: readonly [number, number][]): void {
    const number = (value: number, decimals: number): string => new Intl.NumberFormat(this.map.language, { maximumFractionDigits: decimals }).format(value);
    const metres = lengthOf(points);
    const length = metres < 2000 ? `${number(metres, 0)}\u00a0m` : `${number(metres / 1000, 2)}\u00a0km`;
    const square = areaOf(points);
    const area = square < 20_000 ? `${number(square, 0)}\u00a0m²` : square < 10_000_000 ? `${number(square / 10_000, 2)}\u00a0ha` : `${number(square / 1_000_000, 2)}\u00a0km²`;
    const said = points.length > 2 ? (this.words["measured_area"] ?? "") : (this.words["measured"] ?? "");
    this.say(points.length > 1 ? said.replace("{length}", length).replace("{area}", area) : (this.words["measure_how"] ?? ""));
  }

  private async select(points: readonly [number, number][]): Promise<void> {
    const layer = this.layers.find((each) => this.shown.has(each.id) && !each.image);
    if (!layer || points.length < 3) {
      this.say(this.words["selection_how"] ?? "");
      return;
    }
    const items = layer.items ? whole(layer.items, this.from) : null;
    const found = await within(this.chart, layer, items, points, this.choices.get(layer.id));
    const missing = found.matched !== null && found.matched > found.rows.length;
    const rest = missing ? (this.words["more_selected"] ?? "").replace("{count}", String(found.matched)) : found.seenOnly ? (this.words["seen_only"] ?? "") : "";
    writeSelection(this.piece(".atlas-sheet"), layer, found.rows, rest, this.map.language, this.words, () => this.hold(null));
    this.say((this.words["selected"] ?? "").replace("{count}", String(found.rows.length)));
  }

  /** Territories and features of these words. */
  private async find(words: string): Promise<Place[]> {
    const known = (this.places ??= placesAt(new URL(this.dataset.places ?? "", location.href).href));
    const shown = this.layers.filter((layer) => this.shown.has(layer.id));
    const found = await Promise.all(shown.map((layer) => placesOf(layer, this.from, words)));
    return [...matching(await known, words), ...found.flat()];
  }

  private addSwipe(swipe: { left: string; right: string }): void {
    const holder = this.piece(".atlas-chart");
    const ground = document.createElement("div");
    ground.className = "atlas-live atlas-right";
    // The map below listens for both: this one is the same map again, for eyes alone.
    ground.inert = true;
    holder.append(ground);
    this.other = openChart(ground, this.map, this.from, this.styled(this.side("right")), this.words, false);
    keepTogether(this.chart, this.other);
    const titles = [swipe.left, swipe.right].map((side) => this.layers.find((layer) => layer.id === side)?.title ?? "");
    part(holder, titles, this.words["swipe"] ?? "", (share) => {
      this.parted = share;
    });
  }
}

function canDraw(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}
