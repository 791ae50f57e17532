// A page of an observatory: another territory is taken in hand in place, or a figure moved to another period, the
// address with it.
import { fetchPage, swapParts } from "./swaps";

const REPLACED = [".held", "#observatory", ".sections .language"];

export class PageElement extends HTMLElement {
  private asked = 0;
  private readonly spoken = document.createElement("p");

  connectedCallback(): void {
    // A live region is heard only when it was there, and empty, before it speaks.
    this.spoken.className = "spoken visually-hidden";
    this.spoken.setAttribute("role", "status");
    this.append(this.spoken);
    this.addEventListener("bf-place", (event) => this.take((event as CustomEvent<{ key: string }>).detail.key));
    this.addEventListener("change", (event) => {
      const form = (event.target as Element).closest<HTMLFormElement>("form.moving");
      if (form) void this.move(form);
    });
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target as HTMLFormElement;
      if (form.matches(".moving")) void this.move(form);
      else this.take(this.querySelector<HTMLInputElement>(".holding input")?.value ?? "");
    });
    addEventListener("popstate", () => void this.show(location.href, false));
  }

  private take(territory: string): void {
    const form = this.querySelector<HTMLFormElement>("form.holding");
    if (form?.dataset.levels !== undefined) {
      // Pages are files: each territory has its own, and its links are made for where it stands.
      const [level, code] = territory.split(":");
      if (level && code) location.assign(`${form.action.replace(/\/?$/, "/")}${level}/${encodeURIComponent(code)}/`);
      return;
    }
    if (!form || !territory.trim()) return;
    const address = new URL(form.action);
    address.search = location.search;
    address.searchParams.set("territoire", territory);
    void this.show(address.href, true);
  }

  /** A figure at another period: it alone is fetched, and its form stays, with who holds its slider. */
  private async move(form: HTMLFormElement): Promise<void> {
    const [list, figure] = [form.querySelector("select"), form.closest("figure")];
    if (!list || !figure) return;
    const [address, alone] = [new URL(location.href), new URL(form.dataset.alone ?? "", location.href)];
    if (list.value && list.value !== form.dataset.opening) {
      address.searchParams.set(list.name, list.value);
      alone.searchParams.set("periode", list.value);
    } else address.searchParams.delete(list.name);
    const asked = list.value;
    const found = await fetchPage(alone.href, `#${CSS.escape(figure.id)}`);
    if (list.value !== asked) return;
    const fresh = found?.page.getElementById(figure.id);
    if (!fresh) {
      location.assign(address);
      return;
    }
    renew(figure, document.importNode(fresh, true), form);
    history.replaceState(null, "", address);
    for (const each of this.querySelectorAll<HTMLFormElement>("form.holding, form.moving")) if (each !== form) carry(each, list, address);
    this.spoken.textContent = figure.querySelector(".sentence")?.textContent ?? "";
  }

  private async show(address: string, push: boolean): Promise<void> {
    const turn = ++this.asked;
    const found = await fetchPage(address, this.localName);
    if (turn !== this.asked) return;
    if (!found) {
      location.assign(address);
      return;
    }
    swapParts(found.page, REPLACED);
    const field = this.querySelector<HTMLInputElement>(".holding input");
    if (field) field.value = "";
    if (push) history.pushState(null, "", found.address);
    this.spoken.textContent = found.page.querySelector("h1")?.textContent ?? "";
  }
}

/** Puts all of a figure in the place of another, but for its form; titles keep their rank, and what was opened stays so. */
function renew(old: Element, fresh: Element, form: Element): void {
  const heading = old.querySelector(".figure-title");
  const next = fresh.querySelector(".figure-title");
  if (heading && next) {
    const kept = heading.cloneNode() as Element;
    kept.append(...next.childNodes);
    next.replaceWith(kept);
  }
  const opened = [...old.querySelectorAll("details")].map((each) => each.open);
  fresh.querySelectorAll("details").forEach((each, index) => (each.open = opened[index] ?? false));
  for (const child of [...old.children]) if (child !== form) child.remove();
  const parts = [...fresh.children];
  const at = parts.findIndex((part) => part.matches("form"));
  form.before(...parts.slice(0, at));
  form.after(...parts.slice(at + 1));
}

/** Other forms of the page send this choice with theirs. */
function carry(form: HTMLFormElement, list: HTMLSelectElement, address: URL): void {
  form.querySelector(`input[name="${CSS.escape(list.name)}"]`)?.remove();
  const value = address.searchParams.get(list.name);
  if (value === null) return;
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: list.name, value });
  form.append(field);
}
