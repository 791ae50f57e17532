// A slider over the periods, when there are some; the list beside it stays the field of the form.
// It goes through the periods that compare with the one shown, and no further: others are reached by the list.

const FEWEST = 3;

export class PeriodElement extends HTMLElement {
  connectedCallback(): void {
    const list = this.querySelector("select");
    if (!list || this.querySelector("input")) return;
    const slider = document.createElement("input");
    slider.type = "range";
    slider.min = "0";
    slider.setAttribute("aria-label", document.querySelector(`label[for="${list.id}"]`)?.textContent ?? "");
    const follow = () => {
      const run = runOf(list);
      slider.hidden = run.length < FEWEST;
      slider.max = String(run.length - 1);
      slider.value = String(Math.max(0, run.indexOf(list.selectedOptions[0] as HTMLOptionElement)));
      slider.setAttribute("aria-valuetext", list.selectedOptions[0]?.textContent ?? "");
    };
    slider.addEventListener("input", () => {
      const chosen = runOf(list)[Number(slider.value)];
      if (chosen) list.value = chosen.value;
      follow();
    });
    slider.addEventListener("change", (event) => {
      event.stopPropagation();
      list.dispatchEvent(new Event("change", { bubbles: true }));
    });
    list.addEventListener("change", follow);
    follow();
    this.append(slider);
  }
}

/** The periods of the group of the one that is chosen, the oldest first. */
function runOf(list: HTMLSelectElement): HTMLOptionElement[] {
  const group = list.selectedOptions[0]?.parentElement ?? list;
  return [...group.querySelectorAll<HTMLOptionElement>(":scope > option")].filter((option) => option.value).reverse();
}
