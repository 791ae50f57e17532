// The sheet of a feature beside the map, and the table of those that were selected.
import type { PlaceValue } from "./asking";
import { nameOf, own, tell, type Properties } from "./words";
import type { LayerConfig } from "./config";
import type { Words } from "./chart";

export function writeSheet(sheet: HTMLElement, layer: LayerConfig, properties: Properties, language: string, words: Words, close: () => void): void {
  const head = titled(nameOf(layer, properties), layer.title, words, close);
  const parts = layer.sheet.length ? layer.sheet : [{ title: "", attributes: own(layer).map((each) => each.name) }];
  const lists = parts.flatMap((part) => {
    const list = document.createElement("dl");
    for (const name of part.attributes) {
      const attribute = layer.attributes.find((each) => each.name === name);
      const [term, value] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = attribute?.title ?? name;
      value.textContent = tell(layer, name, properties, language);
      list.append(term, value);
    }
    if (!part.title) return [list];
    const title = document.createElement("h3");
    title.textContent = part.title;
    return [title, list];
  });
  sheet.replaceChildren(head, ...lists);
  sheet.hidden = false;
}

/** What images have at a place: under the sheet of a feature, or alone with where it is. */
export function writeValues(sheet: HTMLElement, values: readonly PlaceValue[], place: readonly [number, number], language: string, words: Words, alone: boolean, close: () => void): void {
  const list = document.createElement("dl");
  list.className = "sheet-values";
  for (const each of values) {
    const [term, value] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = each.title;
    value.textContent = each.words;
    list.append(term, value);
  }
  if (!alone) {
    const title = document.createElement("h3");
    title.textContent = words["here"] ?? "";
    sheet.append(title, list);
    return;
  }
  const degrees = new Intl.NumberFormat(language, { minimumFractionDigits: 5, maximumFractionDigits: 5 });
  const spot = [place[1], place[0]].map((side) => degrees.format(side).replace("-", "\u2212")).join(" ; ");
  sheet.replaceChildren(titled(words["here"] ?? "", spot, words, close), list);
  sheet.hidden = false;
}

/** `file` is the name of the CSV; `rest` says what the table does not hold, if anything. */
export function writeSelection(sheet: HTMLElement, layer: LayerConfig, rows: readonly Properties[], rest: string, language: string, words: Words, close: () => void): void {
  const head = titled((words["selected"] ?? "").replace("{count}", String(rows.length)), layer.title, words, close);
  const table = document.createElement("table");
  const shown = own(layer);
  const top = table.createTHead().insertRow();
  for (const attribute of shown) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = attribute.title;
    top.append(cell);
  }
  const body = table.createTBody();
  for (const row of rows.slice(0, 200)) {
    const line = body.insertRow();
    for (const attribute of shown) line.insertCell().textContent = tell(layer, attribute.name, row, language);
  }
  const frame = document.createElement("div");
  frame.className = "sheet-table";
  frame.tabIndex = 0;
  frame.append(table);
  const file = document.createElement("a");
  file.download = `${layer.id.replaceAll("/", "-")}.csv`;
  file.href = URL.createObjectURL(new Blob([csv(layer, rows)], { type: "text/csv;charset=utf-8" }));
  file.textContent = words["csv"] ?? "CSV";
  const said = document.createElement("p");
  said.className = "quiet";
  said.textContent = rest;
  sheet.replaceChildren(head, file, said, frame);
  sheet.hidden = false;
}

function titled(name: string, kind: string, words: Words, close: () => void): HTMLElement {
  const head = document.createElement("header");
  const [over, title, button] = [document.createElement("p"), document.createElement("h2"), document.createElement("button")];
  over.className = "sheet-layer";
  over.textContent = kind;
  title.textContent = name;
  title.tabIndex = -1;
  button.type = "button";
  button.className = "sheet-close";
  button.textContent = "×";
  button.setAttribute("aria-label", words["close"] ?? "");
  button.addEventListener("click", close);
  head.append(over, title, button);
  return head;
}

function csv(layer: LayerConfig, rows: readonly Properties[]): string {
  const cell = (value: unknown): string => {
    const said = value === null || value === undefined ? "" : String(value);
    // A spreadsheet would take it for a formula.
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(said) ? `'${said}` : said;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const columns = ["fid", ...layer.attributes.map((each) => each.name)];
  return `\ufeff${[columns, ...rows.map((row) => columns.map((name) => row[name]))].map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}
