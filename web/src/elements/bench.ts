// The bar over a page that is being written: as soon as its text is saved, the page is put in place again, where one was.

const KEPT = "bf-editor, bf-build, bf-order, form.asks, .review";

export class BenchElement extends HTMLElement {
  private waiting = false;
  private readonly resume = (): void => void this.wait();

  connectedCallback(): void {
    document.addEventListener("visibilitychange", this.resume);
    void this.wait();
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.resume);
  }

  /** Ask for the next version; the answer comes when there is one. A page that nobody sees asks for nothing. */
  private async wait(): Promise<void> {
    if (this.waiting) return;
    this.waiting = true;
    while (this.isConnected && !document.hidden) {
      try {
        const known = this.dataset.version ?? "";
        const answer = await fetch(`${this.dataset.source}?version=${encodeURIComponent(known)}`, { cache: "no-store" });
        const { version } = (await answer.json()) as { version: string };
        if (!this.isConnected) return;
        if (answer.ok && version !== known && (await this.renew())) return;
      } catch {
        await new Promise((later) => setTimeout(later, 1000));
      }
    }
    this.waiting = false;
  }

  /** The same address again, its parts in the place of the old ones. Whether this bar was replaced too. */
  private async renew(): Promise<boolean> {
    const answer = await fetch(location.href, { cache: "no-store", headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [main, fresh, bar] = [document.querySelector("main"), page.querySelector("main"), page.querySelector("bf-bench")];
    if (!main || !fresh || !bar) {
      location.reload();
      return true;
    }
    const [left, top, focused] = [scrollX, scrollY, document.activeElement?.id];
    if (!document.querySelector(KEPT)) main.replaceWith(document.importNode(fresh, true));
    document.title = page.title;
    this.replaceWith(document.importNode(bar, true));
    scrollTo(left, top);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    return true;
  }
}
