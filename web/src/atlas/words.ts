// Values of features in words, as the pages say them: same units, same decimals, same marks of a missing value.
import type { Attribute, LayerConfig } from "./config";

export type Properties = Record<string, unknown>;

/** States of a value that is hidden: by a rule, so that others stay hidden, or not for publication. */
const HIDDEN: ReadonlySet<string> = new Set(["confidential", "dependent", "withheld"]);

export function say(attribute: Attribute | undefined, value: unknown, language: string): string {
  if (value === null || value === undefined || value === "") return "–";
  if (!attribute) return String(value);
  const worded = attribute.words[String(value)];
  if (worded) return worded;
  if (typeof value !== "number") return String(value);
  const unit = attribute.unit;
  if (!unit) return attribute.type === "integer" ? String(value) : number(value, language, 2, true);
  const said = number(value, language, unit.decimals, unit.grouped, unit.decimals);
  const symbol = Math.abs(value) < 2 && unit.one ? unit.one : unit.symbol;
  const space = symbol === "%" ? (language === "fr" ? "\u202f" : "") : "\u00a0";
  return symbol ? `${said}${space}${symbol}` : said;
}

function number(value: number, language: string, decimals: number, grouped: boolean, least = 0): string {
  const said = new Intl.NumberFormat(language, { maximumFractionDigits: decimals, minimumFractionDigits: least, useGrouping: grouped }).format(value);
  return said.replace("-", "\u2212");
}

/** An attribute of a feature in words, with its state where one may doubt it or it is not there. */
export function tell(layer: LayerConfig, name: string, properties: Properties, language: string): string {
  const said = say(layer.attributes.find((each) => each.name === name), properties[name], language);
  const state = layer.attributes.find((each) => each.stateOf === name);
  const code = state ? properties[state.name] : null;
  if (!state || !code || code === "sure") return said;
  // A layer kept from before may know as free what is hidden now, and the other way round: its own state decides.
  const words = HIDDEN.has(String(code)) ? state.absences[String(properties.fid)] ?? say(state, code, language) : say(state, code, language);
  return said === "–" ? words : `${said} (${words})`;
}

/** The attributes that stand by themselves: a state is said beside what it is of. */
export function own(layer: LayerConfig): LayerConfig["attributes"] {
  return layer.attributes.filter((each) => !each.stateOf);
}

export function nameOf(layer: LayerConfig, properties: Properties): string {
  const named = layer.name ? properties[layer.name] : null;
  return named === null || named === undefined || named === "" ? `${layer.title} ${String(properties.fid ?? "")}` : String(named);
}

/** How many features a mark stands for, where they are too small to be drawn for themselves; 0 for a feature. */
export function mergedIn(properties: Properties): number {
  return properties["fid"] === undefined ? Number(properties["~count"] ?? 1) : Number(properties["~count"] ?? 0);
}

/** The words of a feature pointed at: the layer's own, or its name and its first attributes. */
export function popupOf(layer: LayerConfig, properties: Properties, language: string): string[] {
  const find = (name: string): string => tell(layer, name, properties, language);
  if (layer.popup) return layer.popup.replace(/\{([a-z_][a-z0-9_]*)\}/g, (_, name: string) => find(name)).split("\n");
  // Tiles of small scales have few attributes: nothing is said of those that may be there. A value that is not has its state.
  const told = (name: string): boolean => name in properties || layer.attributes.some((each) => each.stateOf === name && each.name in properties);
  const others = own(layer).filter((each) => each.name !== layer.name).slice(0, 3).filter((each) => told(each.name));
  return [nameOf(layer, properties), ...others.map((each) => `${each.title} : ${find(each.name)}`)];
}
