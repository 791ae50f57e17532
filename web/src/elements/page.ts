// A page of an observatory: another territory is taken in hand in place, the address with it.
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
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      this.take(this.querySelector<HTMLInputElement>(".holding input")?.value ?? "");
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
    if (form && territory.trim()) void this.show(`${form.action}?territoire=${encodeURIComponent(territory)}`, true);
  }

  private async show(address: string, push: boolean): Promise<void> {
    const turn = ++this.asked;
    const found = await fetchPage(address, this);
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
