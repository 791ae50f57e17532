// The text of a page beside what it gives: numbered lines, faults on theirs, a preview as one types, and what is left to
// translate. The text stays a plain field; a form does the same without a script.

interface Told {
  message: string;
  remedy: string | null;
  nearest: string | null;
  file: string | null;
  line: number | null;
  own: boolean;
}

/** Something left to translate: its place in the text, or in the French when the text has not got it. */
interface Left {
  part: string;
  why: string;
  words: string;
  line: number | null;
  french_line: number | null;
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
    this.saved = "unsaved" in this.dataset ? "" : this.field.defaultValue;
    this.number();
    this.open(Number(this.dataset.at));
    this.offerToTake();
    this.markLines([...this.querySelectorAll<HTMLElement>(".own-faults [data-line]")].map((each) => Number(each.dataset.line)));
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("click", (event) => {
      this.follow(event);
      this.take(event);
      this.look(event);
    });
    this.addEventListener("bf-place", (event) => {
      const { key } = (event as CustomEvent<{ key: string }>).detail;
      const place = this.querySelector<HTMLInputElement>("#territoire");
      if (place) place.value = key;
      void this.attempt();
    });
    this.querySelector("form")?.addEventListener("submit", () => {
      this.sending = true;
      const line = this.querySelector<HTMLInputElement>('input[name="ligne"]');
      if (line) line.value = String(this.field.value.slice(0, this.field.selectionEnd).split("\n").length);
    });
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
    const review = this.querySelector<HTMLButtonElement>('button[value="relire"]');
    review?.form?.requestSubmit(review);
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
    const line = (event.target as Element).closest<HTMLElement>("a[data-line]")?.dataset.line;
    if (!line) return;
    event.preventDefault();
    this.open(Number(line));
  }

  /** Put the cursor on a line, all of it chosen, in the middle of the window. */
  private open(line: number): void {
    const lines = this.field.value.split("\n");
    if (!line || line > lines.length) return;
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    this.querySelector(`.lines > :nth-child(${line})`)?.scrollIntoView({ block: "center" });
  }

  /** Show the preview, or the French that is being translated. */
  private look(event: Event): void {
    const target = event.target as Element;
    const french = target.closest<HTMLElement>("a[data-french]")?.dataset.french;
    const view = french ? "francais" : target.closest<HTMLElement>("button[data-view]")?.dataset.view;
    if (!view) return;
    event.preventDefault();
    this.dataset.view = view;
    this.querySelectorAll<HTMLElement>(".views [data-view]").forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.view === view)));
    if (french) this.querySelector(`#francais-${french}`)?.scrollIntoView({ block: "center" });
  }

  /** What is not in the text yet may be taken from the French, where the cursor is. */
  private offerToTake(): void {
    this.querySelectorAll<HTMLElement>(".left a[data-french]").forEach((link) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "plain small";
      button.dataset.take = link.dataset.french;
      button.textContent = this.dataset.take ?? "";
      link.parentElement?.append(" ", button);
    });
    const wanted = new Set([...this.querySelectorAll<HTMLElement>(".left li")].map((each) => each.dataset.source));
    this.querySelectorAll(".french-text > div").forEach((line, at) => line.classList.toggle("line-left", wanted.has(String(at + 1))));
  }

  private take(event: Event): void {
    const from = Number((event.target as Element).closest<HTMLElement>("button[data-take]")?.dataset.take);
    if (!from) return;
    const lines = [...this.querySelectorAll(".french-text > div")].map((line) => (line.textContent ?? "").trimEnd());
    const fence = lines[from - 1]?.startsWith("```");
    let last = from;
    while (last < lines.length && (fence ? !lines[last]?.startsWith("```") : lines[last]?.trim())) last += 1;
    this.place(lines.slice(from - 1, fence ? last + 1 : last).join("\n"));
  }

  /** A block to fill in, where the cursor is, between empty lines. */
  private insert(choice: HTMLSelectElement): void {
    const block = choice.selectedOptions[0]?.dataset.text;
    choice.selectedIndex = 0;
    if (!block) return;
    if (block.startsWith("{{")) {
      this.field.setRangeText(block, this.field.selectionStart, this.field.selectionEnd, "select");
      this.field.focus();
      this.changed();
    } else this.place(block);
  }

  /** A piece of text after the one where the cursor is, between empty lines. */
  private place(piece: string): void {
    const lines = this.field.value.split("\n");
    let at = this.field.value.slice(0, this.field.selectionEnd).split("\n").length;
    const head = lines[0] === "---" ? lines.indexOf("---", 1) + 1 : 0;
    const fenced = lines.slice(head, at).filter((line) => line.startsWith("```")).length % 2;
    at = Math.max(at, head);
    while (at < lines.length && (fenced ? !lines[at - 1]?.startsWith("```") || at === head : lines[at]?.trim())) at += 1;
    const [before, after] = [lines.slice(0, at).join("\n").trimEnd(), lines.slice(at).join("\n").trimStart()];
    this.field.value = `${before}\n\n${piece}\n${after ? `\n${after}` : ""}`;
    this.field.focus();
    this.field.setSelectionRange(before.length + 2, before.length + 2 + piece.length);
    this.changed();
    this.querySelector(`.lines > :nth-child(${before.split("\n").length + 2})`)?.scrollIntoView({ block: "nearest" });
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
    const said = (await answer.json()) as { faults: Told[]; main?: string | null; untranslated?: Left[] };
    if (mine !== this.turn) return;
    this.tell(said.faults, Boolean(said.main));
    this.count(said.untranslated ?? []);
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

  /** What is left to translate, by the text as it is now. */
  private count(left: Left[]): void {
    const list = this.querySelector(".left");
    if (!list) return;
    list.replaceChildren(
      ...left.map((each) => {
        const [item, link, what, words] = [document.createElement("li"), document.createElement("a"), document.createElement("span"), document.createElement("q")];
        item.dataset.source = String(each.french_line ?? "");
        if (each.line) {
          link.href = "#texte";
          link.dataset.line = String(each.line);
        } else {
          link.href = `#francais-${each.french_line}`;
          link.dataset.french = String(each.french_line);
        }
        const said = each.line ? this.dataset.line : this.dataset.french;
        link.textContent = (said ?? "%").replace("%", String(each.line ?? each.french_line));
        what.textContent = `${each.part}, ${each.why}`;
        words.textContent = each.words;
        words.lang = "fr";
        item.append(link, " ", what, " ", words);
        return item;
      }),
    );
    const [count, note] = [this.querySelector("[data-count]"), this.querySelector('[aria-current] [data-left]')];
    if (count) count.textContent = String(left.length);
    if (note) note.textContent = left.length ? (this.dataset.left ?? "").replace("%", String(left.length)) : (this.dataset.whole ?? "");
    this.offerToTake();
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
