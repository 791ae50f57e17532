// A territory chosen among the suggestions leads to its portrait at once.
export class GotoElement extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("bf-place", (event) => {
      const { key } = (event as CustomEvent<{ key: string }>).detail;
      location.assign(`${this.dataset.base}/${key.split(":").map(encodeURIComponent).join("/")}`);
    });
  }
}
