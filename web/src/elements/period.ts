// A slider over the periods, when there are many; the list beside it stays the field of the form.

export class PeriodElement extends HTMLElement {
  connectedCallback(): void {
    const list = this.querySelector("select");
    if (!list || list.options.length < 4 || this.querySelector("input")) return;
    const slider = document.createElement("input");
    slider.type = "range";
    slider.min = "0";
    slider.max = String(list.options.length - 1);
    slider.value = String(list.options.length - 1 - list.selectedIndex);
    slider.setAttribute("aria-label", document.querySelector(`label[for="${list.id}"]`)?.textContent ?? "");
    const say = () => slider.setAttribute("aria-valuetext", list.selectedOptions[0]?.textContent ?? "");
    say();
    slider.addEventListener("input", () => {
      list.selectedIndex = list.options.length - 1 - Number(slider.value);
      say();
    });
    slider.addEventListener("change", () => list.dispatchEvent(new Event("change", { bubbles: true })));
    list.addEventListener("change", () => {
      slider.value = String(list.options.length - 1 - list.selectedIndex);
      say();
    });
    this.append(slider);
  }
}
