// Sorting a table by the heading of a column; values are in data-sort, and rows without one stay last.

export class SortElement extends HTMLElement {
  connectedCallback(): void {
    const headings = [...this.querySelectorAll<HTMLTableCellElement>("thead th")];
    headings.forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => this.sort(headings, column));
    });
  }

  private sort(headings: HTMLTableCellElement[], column: number): void {
    const heading = headings[column];
    const body = this.querySelector("tbody");
    if (!heading || !body) return;
    const numeric = heading.classList.contains("num");
    const before = heading.getAttribute("aria-sort");
    const rising = before ? before !== "ascending" : !numeric;
    for (const each of headings) each.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", rising ? "ascending" : "descending");
    const rows = [...body.rows].map((row) => ({ row, key: keyOf(row, column, numeric) }));
    const collator = new Intl.Collator(document.documentElement.lang);
    rows.sort((a, b) => {
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
      const order = typeof a.key === "number" && typeof b.key === "number" ? a.key - b.key : collator.compare(String(a.key), String(b.key));
      return rising ? order : -order;
    });
    body.append(...rows.map(({ row }) => row));
  }
}

function keyOf(row: HTMLTableRowElement, column: number, numeric: boolean): number | string | null {
  const cell = row.cells[column];
  if (!cell || row.classList.contains("unlocated")) return null;
  if (!numeric) return cell.textContent?.trim() || null;
  return cell.dataset.sort ? Number(cell.dataset.sort) : null;
}
