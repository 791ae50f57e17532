// The text of a page beside what it gives: numbered lines, faults on theirs, a preview as one types. The text stays a
// plain field; a form does the same without a script.

interface Told {
  message: string;
  remedy: string | null;
  nearest: string | null;
  file: string | null;
  line: number | null;
  own: boolean;
}

const PAUSE = 250;

export class EditorElement extends HTMLElement {
  private turn = 0;
  private timer = 0;
  private saved = "";
  private sending = false;
  private readonly warn = (event: BeforeUnloadEvent): void => {
    if (!this.sending && this.field.value !== this.saved) event.preventDefault();
  };

  connectedCallback(): void {
    this.saved = this.field.defaultValue;
    this.number();
    this.markLines([...this.querySelectorAll<HTMLElement>(".own-faults [data-line]")].map((each) => Number(each.dataset.line)));
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("click", (event) => this.follow(event));
    this.addEventListener("bf-place", (event) => {
      const { key } = (event as CustomEvent<{ key: string }>).detail;
      const place = this.querySelector<HTMLInputElement>("#territoire");
      if (place) place.value = key;
      void this.attempt();
    });
    this.querySelector("form")?.addEventListener("submit", () => (this.sending = true));
    this.querySelector<HTMLSelectElement>("#bloc")?.addEventListener("change", (event) => this.insert(event.target as HTMLSelectElement));
    addEventListener("beforeunload", this.warn);
  }

  disconnectedCallback(): void {
    removeEventListener("beforeunload", this.warn);
  }

  private get field(): HTMLTextAreaElement {
    return this.querySelector("textarea") as HTMLTextAreaElement;
  }

  private changed(): void {
    this.number();
    this.say(this.dataset.checking ?? "");
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.attempt(), PAUSE);
  }

  private press(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    this.querySelector<HTMLButtonElement>('button[value="relire"]')?.click();
  }

  /** The lines again under the text, which has the same shape and hides their words: only their numbers are seen. */
  private number(): void {
    const lines = this.field.value.split("\n").map((words) => {
      const line = document.createElement("div");
      line.textContent = words || " ";
      return line;
    });
    this.querySelector(".lines")?.replaceChildren(...lines);
  }

  private markLines(wrong: number[]): void {
    [...(this.querySelector(".lines")?.children ?? [])].forEach((line, at) => line.classList.toggle("line-fault", wrong.includes(at + 1)));
  }

  private follow(event: Event): void {
    const line = (event.target as Element).closest<HTMLElement>(".own-faults [data-line]")?.dataset.line;
    if (!line) return;
    event.preventDefault();
    const lines = this.field.value.split("\n");
    const start = lines.slice(0, Number(line) - 1).reduce((sum, each) => sum + each.length + 1, 0);
    this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(start, start + (lines[Number(line) - 1]?.length ?? 0));
    this.querySelector(`.lines > :nth-child(${line})`)?.scrollIntoView({ block: "center" });
  }

  /** A block to fill in, where the cursor is, between empty lines. */
  private insert(choice: HTMLSelectElement): void {
    const block = choice.selectedOptions[0]?.dataset.text;
    choice.selectedIndex = 0;
    if (!block) return;
    const { value, selectionEnd: at } = this.field;
    const [before, after] = [value.slice(0, at).replace(/\s+$/, ""), value.slice(at).replace(/^\s+/, "")];
    this.field.value = `${before}\n\n${block}\n\n${after}`;
    const start = before.length + 2;
    this.field.focus();
    this.field.setSelectionRange(start, start + block.length);
    this.changed();
  }

  private async attempt(): Promise<void> {
    const mine = ++this.turn;
    const territory = this.querySelector<HTMLInputElement>("#territoire")?.value ?? null;
    let answer: Response;
    try {
      answer = await fetch(this.dataset.try ?? "", {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json", "x-laissez-passer": this.dataset.pass ?? "" },
        body: JSON.stringify({ texte: this.field.value, territoire: territory }),
      });
    } catch {
      return;
    }
    const said = (await answer.json()) as { faults: Told[]; main?: string | null };
    if (mine !== this.turn) return;
    this.tell(said.faults, Boolean(said.main));
    if (said.main) this.show(said.main);
  }

  private tell(faults: Told[], shown: boolean): void {
    this.markLines(faults.filter((each) => each.own && each.line).map((each) => each.line as number));
    const count = (this.dataset.count ?? "").replace("%", String(faults.length));
    this.say(faults.length ? `${count}. ${shown ? "" : this.dataset.notShown}` : (this.dataset.well ?? ""));
    this.querySelector(".own-faults")?.replaceChildren(...faults.map((each) => this.item(each)));
  }

  private item(told: Told): HTMLElement {
    const item = document.createElement("li");
    if (told.own && told.line) {
      const link = document.createElement("a");
      link.href = "#texte";
      link.dataset.line = String(told.line);
      link.textContent = (this.dataset.line ?? "%").replace("%", String(told.line));
      item.append(link, " ");
    } else if (told.file) {
      const place = document.createElement("code");
      place.textContent = told.line ? `${told.file}:${told.line}` : told.file;
      item.append(place, " ");
    }
    const remedy = document.createElement("span");
    remedy.className = "fault-remedy";
    remedy.textContent = told.nearest ? (this.dataset.nearest ?? "").replace("%", told.nearest) : (told.remedy ?? "");
    item.append(`${told.message} `, remedy);
    return item;
  }

  private say(words: string): void {
    const verdict = this.querySelector("#constat");
    if (verdict && verdict.textContent !== words) verdict.textContent = words;
  }

  /** The page in the frame again, where one was in it. */
  private show(main: string): void {
    const inside = this.querySelector("iframe")?.contentDocument;
    const old = inside?.querySelector("main");
    if (!inside || !old) return;
    const fresh = new DOMParser().parseFromString(main, "text/html").querySelector("main");
    const [left, top] = [inside.defaultView?.scrollX ?? 0, inside.defaultView?.scrollY ?? 0];
    if (fresh) old.replaceWith(inside.importNode(fresh, true));
    inside.defaultView?.scrollTo(left, top);
  }
}
