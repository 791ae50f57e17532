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
    button.focus();
    const place = [...(row.parentElement?.children ?? [])].indexOf(row) + 1;
    const told = this.querySelector("[data-told]");
    const title = row.querySelector("a")?.textContent ?? "";
    if (told) told.textContent = (this.dataset.moved ?? "").replace("%", title).replace("#", String(place));
  }
}
