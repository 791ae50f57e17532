// Pages put in order where they are: a press moves one, the focus stays on it, its new place is said. A form does the same
// without a script.

export class OrderElement extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", (event) => this.move(event));
  }

  private move(event: Event): void {
    const button = (event.target as Element).closest<HTMLButtonElement>('button[name="faire"]');
    const row = button?.closest<HTMLElement>("li");
    if (!button || !row) return;
    event.preventDefault();
    if (button.value.startsWith("monter")) row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    const rows = [...(row.parentElement?.children ?? [])];
    rows.forEach((each, at) => {
      each.querySelector('button[value^="monter"]')?.setAttribute("aria-disabled", String(at === 0));
      each.querySelector('button[value^="descendre"]')?.setAttribute("aria-disabled", String(at === rows.length - 1));
    });
    button.focus();
    const place = rows.indexOf(row) + 1;
    const told = this.querySelector("[data-told]");
    const title = row.querySelector("a")?.textContent ?? "";
    if (told) told.textContent = (this.dataset.moved ?? "").replace("%", title).replace("#", String(place));
  }
}
