// The field of a map: it goes to a territory, or to a feature by its name.
import type { Geometry } from "geojson";
import { named } from "./asking";
import { whole, type LayerConfig } from "./config";
import { nameOf } from "./words";

export interface Place {
  name: string;
  detail: string;
  bounds: [number, number, number, number];
}

/** Names of features where pages are files, each with its point or its frame: what a server would have found. */
type Names = [name: string, ...place: number[]][];

const MOST_PLACES = 6;
const MOST_FEATURES = 5;
const read = new Map<string, Promise<Names>>();

/** The territories that one may go to. */
export async function placesAt(address: string): Promise<Place[]> {
  const answer = await fetch(address);
  return answer.ok ? ((await answer.json()) as Place[]) : [];
}

export function matching(places: readonly Place[], words: string): Place[] {
  const wanted = fold(words);
  return places.filter((place) => begins(fold(place.name), wanted)).slice(0, MOST_PLACES);
}

/** The features of a layer whose name begins so: asked of the server, or looked for in the file of names. */
export async function placesOf(layer: LayerConfig, from: string, words: string): Promise<Place[]> {
  if (layer.items && layer.name) {
    const found = await named(layer, whole(layer.items, from), words);
    return found.flatMap((each) => (each.geometry ? [{ name: nameOf(layer, each.properties), detail: layer.title, bounds: frameOf(each.geometry) }] : []));
  }
  if (!layer.names) return [];
  const address = whole(layer.names, from);
  if (!read.has(address)) read.set(address, fetch(address).then((answer) => (answer.ok ? (answer.json() as Promise<Names>) : [])));
  const wanted = fold(words);
  const found = (await read.get(address)!).filter(([name]) => fold(name).startsWith(wanted)).slice(0, MOST_FEATURES);
  return found.map(([name, west = 0, south = 0, east = west, north = south]) => ({ name, detail: layer.title, bounds: [west, south, east, north] }));
}

/** Write what is found under the field, and go where the reader says. */
export function furnishSearch(form: HTMLFormElement, find: (words: string) => Promise<Place[]>, go: (place: Place) => void): void {
  const field = form.querySelector("input")!;
  const list = document.createElement("ul");
  list.className = "atlas-found";
  list.hidden = true;
  form.hidden = false;
  form.append(list);
  let turn = 0;
  const look = async (): Promise<void> => {
    const mine = ++turn;
    const words = field.value.trim();
    const hits = words.length > 1 ? await find(words) : [];
    if (mine !== turn) return;
    list.replaceChildren(...hits.map((hit) => {
      const [line, button] = [document.createElement("li"), document.createElement("button")];
      button.type = "button";
      button.textContent = hit.name;
      const detail = document.createElement("span");
      detail.className = "quiet";
      detail.textContent = ` ${hit.detail}`;
      button.append(detail);
      button.addEventListener("click", () => {
        go(hit);
        list.hidden = true;
        field.value = hit.name;
      });
      line.append(button);
      return line;
    }));
    list.hidden = !hits.length;
  };
  field.addEventListener("input", () => void look());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void look().then(() => list.querySelector("button")?.click());
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") list.querySelector("button")?.focus();
    if (event.key === "Escape") list.hidden = true;
  });
  list.addEventListener("keydown", (event) => {
    const here = (event.target as Element).closest("li");
    const next = event.key === "ArrowDown" ? here?.nextElementSibling : event.key === "ArrowUp" ? (here?.previousElementSibling ?? null) : undefined;
    if (next === undefined) return;
    event.preventDefault();
    (next?.querySelector("button") ?? field).focus();
  });
}

function begins(name: string, wanted: string): boolean {
  return name.startsWith(wanted) || name.includes(` ${wanted}`);
}

function fold(words: string): string {
  return words.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase().replace(/['’-]/g, " ");
}

function frameOf(geometry: Geometry): [number, number, number, number] {
  const frame: [number, number, number, number] = [180, 90, -180, -90];
  const walk = (part: unknown): void => {
    if (Array.isArray(part) && typeof part[0] === "number") {
      const [x, y] = part as [number, number];
      frame[0] = Math.min(frame[0], x);
      frame[1] = Math.min(frame[1], y);
      frame[2] = Math.max(frame[2], x);
      frame[3] = Math.max(frame[3], y);
    } else if (Array.isArray(part)) part.forEach(walk);
  };
  walk("coordinates" in geometry ? geometry.coordinates : []);
  return frame;
}
