// What one sees, as the end of the address: where, which layers, which feature, what was chosen. Sent to someone, it shows
// them the same.
import type { Choice } from "./config";

export interface Seen {
  at: { zoom: number; centre: [number, number] } | null;
  layers: string[] | null;
  held: { layer: string; fid: string } | null;
  choices: Map<string, Choice>;
}

export function read(hash: string): Seen {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const [zoom, lat, lon] = (said.get("carte") ?? "").split("/").map(Number);
  const good = [zoom, lat, lon].every((each) => each !== undefined && Number.isFinite(each));
  const [layer, fid] = (said.get("objet") ?? "").split("|");
  const choices = new Map<string, Choice>();
  for (const words of said.getAll("choix")) {
    const [of, attribute, ...rest] = words.split("|");
    if (!of || !attribute) continue;
    const choice = choices.get(of) ?? { values: new Map(), ranges: new Map() };
    const range = /^(-?[\d.]+)\.\.(-?[\d.]+)$/.exec(rest.join("|"));
    if (range) choice.ranges.set(attribute, [Number(range[1]), Number(range[2])]);
    else choice.values.set(attribute, new Set(rest));
    choices.set(of, choice);
  }
  return {
    at: good ? { zoom: zoom ?? 0, centre: [lon ?? 0, lat ?? 0] } : null,
    layers: said.has("couches") ? (said.get("couches") ?? "").split(",").filter(Boolean) : null,
    held: layer && fid ? { layer, fid } : null,
    choices,
  };
}

export function write(seen: Seen): string {
  const said = new URLSearchParams();
  if (seen.at) said.set("carte", [seen.at.zoom.toFixed(2), seen.at.centre[1].toFixed(5), seen.at.centre[0].toFixed(5)].join("/"));
  if (seen.layers) said.set("couches", seen.layers.join(","));
  if (seen.held) said.set("objet", `${seen.held.layer}|${seen.held.fid}`);
  for (const [layer, choice] of seen.choices) {
    for (const [attribute, values] of choice.values) said.append("choix", [layer, attribute, ...values].join("|"));
    for (const [attribute, [low, high]] of choice.ranges) said.append("choix", `${layer}|${attribute}|${low}..${high}`);
  }
  return `#${said.toString().replaceAll("%2F", "/").replaceAll("%7C", "|").replaceAll("%2C", ",")}`;
}
