// Sorting a table by the headings of its columns, by button or, where headings are out of sight, by a list.
// Numbers are in data-sort; lines without a value stay last either way; a third press gives the figure's own order back.

type Key = number | string | null;
type Order = "ascending" | "descending";

export class SortElement extends HTMLElement {
  private headings: HTMLTableCellElement[] = [];
  private kept = new Map<HTMLTableSectionElement, HTMLTableRowElement[]>();

  connectedCallback(): void {
    const table = this.querySelector("table");
    if (!table || this.headings.length) return;
    this.kept = new Map([...table.tBodies].map((body) => [body, [...body.rows]]));
    this.headings = [...table.querySelectorAll<HTMLTableCellElement>("thead th:not([data-unsorted])")];
    for (const heading of this.headings) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => this.press(heading));
    }
    this.prepend(this.list());
    if (this.classList.contains("as-list")) new ResizeObserver(() => this.follow(table)).observe(this);
  }

  /** Buttons that a narrow screen puts out of sight are not stopped at: the list is there instead. */
  private follow(table: HTMLTableElement): void {
    const unseen = table.tHead !== null && getComputedStyle(table.tHead).position === "absolute";
    for (const button of this.querySelectorAll<HTMLButtonElement>(".sort")) button.tabIndex = unseen ? -1 : 0;
  }

  /** The same choice as a list, for narrow screens where lines are no longer in columns. */
  private list(): HTMLElement {
    const [label, list] = [document.createElement("label"), document.createElement("select")];
    label.className = "sort-list";
    label.append(this.dataset.by ?? "", " ", list);
    list.add(new Option(this.dataset.kept, ""));
    this.headings.forEach((heading, index) => {
      for (const order of orders(heading)) list.add(new Option(`${(heading.textContent ?? "").trim()}, ${this.dataset[order] ?? ""}`, `${index} ${order}`));
    });
    list.addEventListener("change", () => {
      const [index, order] = list.value.split(" ");
      this.arrange(index ? (this.headings[Number(index)] ?? null) : null, (order as Order) || null);
    });
    return label;
  }

  private press(heading: HTMLTableCellElement): void {
    const [first, second] = orders(heading);
    const before = heading.getAttribute("aria-sort");
    this.arrange(heading, before === null ? first : before === first ? second : null);
  }

  private arrange(heading: HTMLTableCellElement | null, order: Order | null): void {
    for (const each of this.headings) each.removeAttribute("aria-sort");
    if (heading && order) heading.setAttribute("aria-sort", order);
    const list = this.querySelector<HTMLSelectElement>(".sort-list select");
    if (list) list.value = heading && order ? `${this.headings.indexOf(heading)} ${order}` : "";
    const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
    for (const [body, rows] of this.kept) body.append(...(heading && order ? sorted(rows, heading.cellIndex, order, collator) : rows));
  }
}

/** Numbers are first wanted from the largest, words from the first letter. */
function orders(heading: HTMLTableCellElement): [Order, Order] {
  return heading.classList.contains("num") ? ["descending", "ascending"] : ["ascending", "descending"];
}

/** Lines in order: what heads a group stays first; then those that have a value, those that have none, and what was left out. */
function sorted(rows: HTMLTableRowElement[], column: number, order: Order, collator: Intl.Collator): HTMLTableRowElement[] {
  const numeric = rows.some((row) => row.cells[column]?.dataset.sort);
  const read = rows.map((row) => ({ row, rank: rankOf(row), key: keyOf(row, column, numeric) }));
  read.sort((a, b) => {
    if (a.rank !== b.rank) return a.rank - b.rank;
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    const rising = typeof a.key === "number" && typeof b.key === "number" ? a.key - b.key : collator.compare(String(a.key), String(b.key));
    return order === "ascending" ? rising : -rising;
  });
  return read.map(({ row }) => row);
}

function rankOf(row: HTMLTableRowElement): number {
  if (row.classList.contains("group")) return 0;
  return row.classList.contains("gap") ? 3 : row.classList.contains("unlocated") ? 2 : 1;
}

function keyOf(row: HTMLTableRowElement, column: number, numeric: boolean): Key {
  const cell = row.cells[column];
  if (!cell) return null;
  if (!numeric) return cell.textContent?.trim() || null;
  return cell.dataset.sort ? Number(cell.dataset.sort) : null;
}
