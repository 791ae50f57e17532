// The explorer without reloading: a change of the question fetches the address of the new state, the same page that a
// browser without script would get, and puts its parts in place. History, links and addresses stay true.

import { MapElement } from "./map";
import { fetchPage, swapParts } from "./swaps";

const PARTS = ["#figure", ".thumbs", "#under", ".fields", ".question-sum", ".sections .language"];

export class ExplorerElement extends HTMLElement {
  private asked = 0;

  connectedCallback(): void {
    const box = this.querySelector<HTMLDetailsElement>(".question-box");
    if (box && matchMedia("(max-width: 60rem)").matches) box.open = false;
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask(this.stateOf(event.target as HTMLFormElement));
    });
    this.addEventListener("change", (event) => this.change(event.target as HTMLInputElement | HTMLSelectElement));
    this.addEventListener("bf-place", (event) => this.place((event as CustomEvent<{ field: string; key: string }>).detail));
    this.addEventListener("click", (event) => this.follow(event));
    this.addEventListener("bf-point", (event) => this.point((event as CustomEvent<{ code: string | null; rank: string | null }>).detail));
    this.addEventListener("pointerover", (event) => this.pointRow(event));
    this.addEventListener("focusin", (event) => this.pointRow(event));
    addEventListener("popstate", () => this.show(location.href, false));
  }

  private change(field: HTMLInputElement | HTMLSelectElement): void {
    if (!field.form || field.type === "text") return;
    this.ask(this.stateOf(field.form));
  }

  private stateOf(form: HTMLFormElement): string {
    const state = new URLSearchParams();
    for (const [key, value] of new FormData(form)) if (typeof value === "string" && value.trim()) state.append(key, value);
    return `${form.action}?${state}`;
  }

  private place({ field, key }: { field: string; key: string }): void {
    const form = this.querySelector<HTMLFormElement>("form.question");
    if (!form) return;
    const address = new URL(this.stateOf(form));
    const state = address.searchParams;
    state.delete("held");
    if (field === "territory") {
      state.set("territory", key);
      state.delete("compare");
    } else {
      state.set("territory", form.querySelector<HTMLInputElement>("[name=held]")?.value ?? "");
      const others = [...form.querySelectorAll<HTMLInputElement>("[name=compare]:checked")].map((box) => box.value);
      state.delete("compare");
      for (const each of [...others.slice(-2), key]) state.append("compare", each);
    }
    this.ask(address.href);
  }

  private follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const link = (event.target as Element).closest<HTMLAnchorElement | SVGAElement>("a[href]");
    if (!link || !this.contains(link) || link.hasAttribute("download")) return;
    const href = link instanceof SVGAElement ? link.href.baseVal : link.href;
    const address = new URL(href, location.href);
    if (address.pathname !== location.pathname) return;
    event.preventDefault();
    this.ask(address.href, link.dataset.view);
  }

  private ask(address: string, view?: string): void {
    this.show(address, true, view);
  }

  private async show(address: string, push: boolean, view?: string): Promise<void> {
    const mine = ++this.asked;
    this.toggleAttribute("data-waiting", true);
    const found = await fetchPage(address, this.localName);
    if (mine !== this.asked) return;
    if (!found) {
      location.assign(address);
      return;
    }
    const focused = document.activeElement?.id;
    swapParts(found.page, PARTS);
    if (push) history.pushState(null, "", found.address);
    this.toggleAttribute("data-waiting", false);
    if (view) document.querySelector<HTMLElement>(`.thumbs [data-view="${view}"]`)?.focus({ preventScroll: true });
    else if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    this.announce(found.page.querySelector("#sentence")?.textContent ?? "");
  }

  private announce(words: string): void {
    let spoken = this.querySelector<HTMLElement>(".spoken");
    if (!spoken) {
      spoken = document.createElement("p");
      spoken.className = "spoken visually-hidden";
      spoken.setAttribute("aria-live", "polite");
      this.append(spoken);
    }
    spoken.textContent = words;
  }

  /** What is pointed at on the map, in the small ranking beside it. */
  private point({ code, rank }: { code: string | null; rank: string | null }): void {
    this.querySelector(".thumb-mark")?.remove();
    for (const row of this.querySelectorAll("tr.pointed")) row.classList.remove("pointed");
    if (code) this.querySelector(`tr[data-code="${CSS.escape(code)}"]`)?.classList.add("pointed");
    const thumb = this.querySelector<SVGSVGElement>('.thumbs [data-view="ranking"] svg');
    const rows = Number(thumb?.dataset.rows ?? 0);
    if (!rank || !thumb || !rows) return;
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    const y = String(((Number(rank) - 0.5) / rows) * 100);
    for (const [name, value] of Object.entries({ class: "thumb-mark", x1: "0", x2: "160", y1: y, y2: y })) line.setAttribute(name, value);
    thumb.append(line);
  }

  private pointRow(event: Event): void {
    const row = (event.target as Element).closest<HTMLElement>("tr[data-code]");
    const map = this.querySelector("bf-map");
    if (map instanceof MapElement && row) map.mark(row.dataset.code ?? null);
  }
}
