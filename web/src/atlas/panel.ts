// The legend as what one acts on: which layers are seen, which of their features. Built over what the server wrote.
import type { Choice, Filter, LayerConfig } from "./config";
import type { Words } from "./chart";

/** Called when layers come or go, or when features are chosen. */
export interface PanelEvents {
  shown(layer: string, seen: boolean): void;
  chosen(layer: string, choice: Choice): void;
  veiled(layer: string, opacity: number): void;
}

export function furnish(panel: Element, layers: readonly LayerConfig[], shown: ReadonlySet<string>, choices: Map<string, Choice>, words: Words, events: PanelEvents): void {
  for (const layer of layers) {
    const entry = panel.querySelector<HTMLElement>(`[data-layer="${CSS.escape(layer.id)}"]`);
    if (!entry) continue;
    const box = entry.querySelector<HTMLInputElement>("input.layer-shown");
    if (box) {
      box.disabled = false;
      box.checked = shown.has(layer.id);
      entry.classList.toggle("off", !box.checked);
      box.addEventListener("change", () => {
        entry.classList.toggle("off", !box.checked);
        events.shown(layer.id, box.checked);
      });
    }
    if (layer.image) entry.querySelector(".layer-links")?.before(veilOf(layer, words, events));
    if (layer.filters.length) entry.querySelector(".layer-links")?.before(filtersOf(layer, choices, words, events));
  }
}

/** How much of what lies under an image is seen through it. */
function veilOf(layer: LayerConfig, words: Words, events: PanelEvents): HTMLElement {
  const label = document.createElement("label");
  label.className = "layer-veil";
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = "10";
  slider.value = String(Math.round(layer.opacity * 100));
  slider.addEventListener("input", () => events.veiled(layer.id, Number(slider.value) / 100));
  label.append(words["opacity"] ?? "", " ", slider);
  return label;
}

function filtersOf(layer: LayerConfig, choices: Map<string, Choice>, words: Words, events: PanelEvents): HTMLElement {
  const choice = choices.get(layer.id) ?? { values: new Map(), ranges: new Map() };
  const box = document.createElement("details");
  box.className = "layer-filters";
  const head = document.createElement("summary");
  head.textContent = words["filter"] ?? "";
  box.append(head);
  box.open = choice.values.size + choice.ranges.size > 0;
  const tell = (): void => {
    choices.set(layer.id, choice);
    events.chosen(layer.id, choice);
  };
  for (const filter of layer.filters) box.append(filter.kind === "values" ? valuesOf(layer, filter, choice, tell) : rangeOf(layer, filter, choice, words, tell));
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "quiet-button";
  clear.textContent = words["clear"] ?? "";
  clear.addEventListener("click", () => {
    choice.values.clear();
    choice.ranges.clear();
    for (const input of box.querySelectorAll("input")) {
      if (input.type === "checkbox") input.checked = true;
      else input.value = "";
    }
    tell();
  });
  box.append(clear);
  return box;
}

function group(title: string): HTMLFieldSetElement {
  const set = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = title;
  set.append(legend);
  return set;
}

function valuesOf(layer: LayerConfig, filter: Filter & { kind: "values" }, choice: Choice, tell: () => void): HTMLElement {
  const set = group(filter.title);
  const attribute = layer.attributes.find((each) => each.name === filter.attribute);
  for (const value of filter.values) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "checkbox";
    input.value = String(value);
    input.checked = choice.values.get(filter.attribute)?.has(input.value) ?? true;
    label.append(input, ` ${attribute?.words[input.value] ?? input.value}`);
    set.append(label);
    input.addEventListener("change", () => {
      const kept = [...set.querySelectorAll("input")].filter((each) => each.checked).map((each) => each.value);
      if (kept.length === filter.values.length) choice.values.delete(filter.attribute);
      else choice.values.set(filter.attribute, new Set(kept));
      tell();
    });
  }
  return set;
}

function rangeOf(layer: LayerConfig, filter: Filter & { kind: "range" }, choice: Choice, words: Words, tell: () => void): HTMLElement {
  const set = group(filter.title);
  const attribute = layer.attributes.find((each) => each.name === filter.attribute);
  const known = choice.ranges.get(filter.attribute);
  const inputs = (["from", "to"] as const).map((side, index) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "number";
    input.step = "any";
    input.placeholder = String(Number((index ? filter.high : filter.low).toPrecision(6)));
    if (known) input.value = String(known[index] ?? "");
    label.append(words[side] ?? "", " ", input);
    set.append(label);
    return input;
  });
  if (attribute?.unit?.symbol) set.append(` ${attribute.unit.symbol}`);
  set.addEventListener("change", () => {
    const [low, high] = inputs.map((input, index) => (input.value === "" ? (index ? filter.high : filter.low) : Number(input.value)));
    if (inputs.every((input) => input.value === "")) choice.ranges.delete(filter.attribute);
    else choice.ranges.set(filter.attribute, [low ?? filter.low, high ?? filter.high]);
    tell();
  });
  return set;
}
