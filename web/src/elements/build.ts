// A build as it goes: the part of the page that tells it, put in place again until it ends. Its end takes the focus.

const PAUSE = 500;

export class BuildElement extends HTMLElement {
  private timer = 0;

  connectedCallback(): void {
    if (!("ended" in this.dataset)) this.timer = window.setTimeout(() => void this.look(), PAUSE);
  }

  disconnectedCallback(): void {
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    let ended = false;
    try {
      const answer = await fetch(this.dataset.source ?? "", { cache: "no-store", headers: { accept: "application/json" } });
      const said = (await answer.json()) as { version: string; ended: boolean; html: string };
      if (!this.isConnected) return;
      ended = said.ended;
      if (said.version !== this.dataset.version) this.show(said.html, ended);
      this.dataset.version = said.version;
    } catch {
      // The server is being started again, or is gone: the next look tells.
    }
    if (!ended) this.timer = window.setTimeout(() => void this.look(), PAUSE);
  }

  private show(html: string, ended: boolean): void {
    const opened = [...this.querySelectorAll("details[open]")].length > 0;
    if (opened && !ended) return;
    const fresh = new DOMParser().parseFromString(html, "text/html").body;
    this.replaceChildren(...fresh.childNodes);
    if (ended) {
      this.dataset.ended = "";
      const told = document.querySelector("#build-told");
      if (told) told.textContent = this.querySelector("h1")?.textContent ?? "";
      this.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }
}
