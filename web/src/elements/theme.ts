// Light or dark, as the reader likes it rather than as the machine says; remembered on this machine only.

const KEY = "beffroi-theme";

export class ThemeElement extends HTMLElement {
  connectedCallback(): void {
    const kept = localStorage.getItem(KEY);
    if (kept) document.documentElement.dataset.theme = kept;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "theme-switch";
    this.replaceChildren(button);
    this.say(button);
    button.addEventListener("click", () => {
      const chosen = this.dark ? "light" : "dark";
      document.documentElement.dataset.theme = chosen;
      localStorage.setItem(KEY, chosen);
      this.say(button);
    });
  }

  private get dark(): boolean {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  private say(button: HTMLButtonElement): void {
    button.textContent = (this.dark ? this.dataset.light : this.dataset.dark) ?? "";
  }
}
