// A field that completes itself (the combobox pattern): territories for a question, anything for a search.

import { findIn, type Line } from "./indexes";

interface Suggestion {
  value: string;
  title: string;
  detail: string;
  address?: string;
}

abstract class SuggestElement extends HTMLElement {
  protected field!: HTMLInputElement;
  private list!: HTMLUListElement;
  private shown: Suggestion[] = [];
  private active = -1;
  private asked = 0;
  private waiting: number | undefined;

  protected abstract read(answer: unknown): Suggestion[];
  protected abstract choose(suggestion: Suggestion): void;
  protected abstract question(words: string): string;

  connectedCallback(): void {
    const field = this.querySelector("input");
    if (!field || this.list) return;
    this.field = field;
    this.list = document.createElement("ul");
    this.list.id = `${field.id}-suggestions`;
    this.list.className = "suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", document.querySelector(`label[for="${field.id}"]`)?.textContent ?? "");
    this.list.hidden = true;
    this.append(this.list);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    field.setAttribute("aria-expanded", "false");
    field.addEventListener("input", () => this.ask());
    field.addEventListener("keydown", (event) => this.press(event));
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    field.addEventListener("focus", () => field.select());
  }

  private ask(): void {
    clearTimeout(this.waiting);
    const words = this.field.value.trim();
    if (!words) return this.close();
    this.waiting = window.setTimeout(async () => {
      const mine = ++this.asked;
      const found = await this.find(words);
      if (mine === this.asked && found) this.show(found);
    }, 90);
  }

  /** What the words lead to: a server says it, or an index of files does. */
  private async find(words: string): Promise<Suggestion[] | null> {
    const source = this.dataset.source ?? "";
    if (source.endsWith(".json")) return this.readLines(await findIn(source, words), source);
    const answer = await fetch(this.question(words), { headers: { accept: "application/json" } });
    return answer.ok ? this.read(await answer.json()) : null;
  }

  private readLines(lines: Line[], source: string): Suggestion[] {
    const levels = this.closest<HTMLElement>("[data-levels]")?.dataset.levels?.split(" ");
    const watched = this.closest<HTMLElement>("[data-within]")?.dataset.within;
    const wanted = this.dataset.kind;
    const root = new URL(source, location.href);
    return lines
      .filter(([, , key]) => (!levels || levels.includes(key.split(":")[0] ?? "")) && (!wanted || key === wanted))
      .filter((line) => !watched || line[6]?.split(" ").includes(watched))
      .slice(0, 12)
      .map(([, , key, title, detail, target]) => ({ value: key, title, detail, address: new URL(target, root).href }));
  }

  private show(suggestions: Suggestion[]): void {
    this.shown = suggestions;
    this.active = -1;
    this.list.replaceChildren(
      ...suggestions.map((each, index) => {
        const item = document.createElement("li");
        item.id = `${this.list.id}-${index}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        const detail = document.createElement("span");
        detail.textContent = each.detail;
        item.append(each.title, " ", detail);
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          this.take(index);
        });
        return item;
      }),
    );
    this.list.hidden = suggestions.length === 0;
    this.field.setAttribute("aria-expanded", String(suggestions.length > 0));
    this.field.removeAttribute("aria-activedescendant");
  }

  private press(event: KeyboardEvent): void {
    if (event.key === "Escape") return this.close();
    if (this.list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.point((this.active + step + this.shown.length) % this.shown.length);
    } else if (event.key === "Enter") {
      if (this.active < 0 && !this.takesFirst) return;
      event.preventDefault();
      this.take(Math.max(0, this.active));
    }
  }

  protected get takesFirst(): boolean {
    return true;
  }

  private point(index: number): void {
    this.list.querySelectorAll("li").forEach((item, place) => {
      item.setAttribute("aria-selected", String(place === index));
      if (place === index) item.scrollIntoView({ block: "nearest" });
    });
    this.active = index;
    this.field.setAttribute("aria-activedescendant", `${this.list.id}-${index}`);
  }

  private take(index: number): void {
    const chosen = this.shown[index];
    this.close();
    if (chosen) this.choose(chosen);
  }

  private close(): void {
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }
}

export class PlaceElement extends SuggestElement {
  protected question(words: string): string {
    return `${this.dataset.source}?q=${encodeURIComponent(words)}&vintage=${this.dataset.vintage}`;
  }

  protected read(answer: unknown): Suggestion[] {
    const { territories } = answer as { territories: { key: string; name: string; detail: string }[] };
    return territories.map((each) => ({ value: each.key, title: each.name, detail: each.detail }));
  }

  protected choose(suggestion: Suggestion): void {
    this.field.value = suggestion.title;
    this.dispatchEvent(new CustomEvent("bf-place", { bubbles: true, detail: { field: this.field.name, key: suggestion.value } }));
  }
}

export class SearchElement extends SuggestElement {
  protected question(words: string): string {
    return `${this.dataset.source}?q=${encodeURIComponent(words)}`;
  }

  protected read(answer: unknown): Suggestion[] {
    const { hits } = answer as { hits: { kind: string; key: string; title: string; detail: string; address: string }[] };
    // A field that only wants one kind of thing says which.
    const wanted = hits.filter((each) => !this.dataset.kind || each.kind === this.dataset.kind);
    return wanted.map((each) => ({ value: each.key, title: each.title, detail: each.detail, address: each.address }));
  }

  protected choose(suggestion: Suggestion): void {
    if (suggestion.address) location.assign(suggestion.address);
  }

  protected override get takesFirst(): boolean {
    return false;
  }

  /** Where pages are files, the page of the search is the same whatever is asked: the words are looked for here. */
  override connectedCallback(): void {
    super.connectedCallback();
    const words = new URLSearchParams(location.search).get("q");
    if (!words || !this.field || this.field.value || !this.dataset.source?.endsWith(".json")) return;
    this.field.value = words;
    this.field.dispatchEvent(new Event("input"));
  }
}
