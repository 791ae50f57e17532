// A map that one can point at, move and enlarge, by hand or by keyboard. Without it the map is a drawing.

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const SVG = "http://www.w3.org/2000/svg";
const STEP = 1.4;
const DEEPEST = 12;

export class MapElement extends HTMLElement {
  private drawing!: SVGSVGElement;
  private whole!: Box;
  private view!: Box;
  private label!: HTMLElement;
  private pointed: SVGElement | null = null;
  private held: { x: number; y: number; view: Box; moved: boolean } | null = null;
  private pinch: { distance: number; view: Box } | null = null;
  private readonly touches = new Map<number, PointerEvent>();

  connectedCallback(): void {
    const drawing = this.querySelector("svg");
    if (!drawing || this.drawing === drawing) return;
    this.drawing = drawing;
    const { x, y, width, height } = drawing.viewBox.baseVal;
    this.whole = { x, y, width, height };
    this.view = { ...this.whole };
    const picture = drawing.querySelector(":scope > image");
    if (picture) void this.unfold(picture);
    else name(drawing);
    this.label = document.createElement("p");
    this.label.className = "tooltip";
    this.label.setAttribute("role", "status");
    this.label.hidden = true;
    this.append(this.label);
    this.addControls();
    this.listen();
  }

  /** Puts the marks of a map's file in the place of its picture. The file stays a picture when it cannot be had. */
  private async unfold(picture: Element): Promise<void> {
    const marks = await marksOf(new URL(picture.getAttribute("href") ?? "", location.href).href);
    if (!marks || !picture.isConnected) return;
    const body = document.createElementNS(SVG, "g");
    for (const mark of marks) body.append(document.importNode(mark, true));
    const { lead, sample } = this.dataset;
    if (lead && sample) link(body, lead, sample);
    name(body);
    picture.replaceWith(body);
  }

  /** Marks a territory from outside: what is pointed at in the ranking. */
  mark(code: string | null): void {
    this.pointed?.classList.remove("pointed");
    this.pointed = code ? this.drawing.querySelector<SVGElement>(`a[data-code="${CSS.escape(code)}"]`) : null;
    this.pointed?.classList.add("pointed");
  }

  private addControls(): void {
    if (!this.dataset.in) return;
    const controls = document.createElement("div");
    controls.className = "map-controls";
    const actions: [string, string | undefined, () => void][] = [
      ["+", this.dataset.in, () => this.zoom(STEP)],
      ["\u2212", this.dataset.out, () => this.zoom(1 / STEP)],
      ["\u25a1", this.dataset.reset, () => this.look({ ...this.whole })],
    ];
    for (const [sign, name, act] of actions) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.setAttribute("aria-label", name ?? "");
      button.title = name ?? "";
      button.addEventListener("click", act);
      controls.append(button);
    }
    this.append(controls);
  }

  private listen(): void {
    const drawing = this.drawing;
    drawing.setAttribute("tabindex", "0");
    drawing.addEventListener("keydown", (event) => this.press(event));
    drawing.addEventListener("pointerdown", (event) => this.grab(event));
    drawing.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"] as const) drawing.addEventListener(name, (event) => this.release(event));
    drawing.addEventListener("pointerleave", () => this.point(null));
    drawing.addEventListener("blur", () => this.point(null));
    drawing.addEventListener("click", (event) => {
      if (this.held?.moved) event.preventDefault();
      this.held = null;
    }, true);
    drawing.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? STEP : 1 / STEP, this.spot(event));
    }, { passive: false });
    drawing.addEventListener("dragstart", (event) => event.preventDefault());
  }

  private point(link: SVGElement | null, event?: PointerEvent): void {
    if (link !== this.pointed) {
      this.mark(link?.dataset.code ?? null);
      this.dispatchEvent(new CustomEvent("bf-point", { bubbles: true, detail: { code: link?.dataset.code ?? null, rank: link?.dataset.rank ?? null } }));
    }
    this.label.hidden = link === null;
    if (!link) return;
    this.label.textContent = link.getAttribute("aria-label");
    const frame = this.getBoundingClientRect();
    const box = event ? { x: event.clientX, y: event.clientY } : centre(link.getBoundingClientRect());
    const half = this.label.offsetWidth / 2;
    const x = Math.min(Math.max(box.x - frame.x, half), frame.width - half);
    const above = box.y - frame.y - this.label.offsetHeight - 14;
    this.label.style.setProperty("left", `${x}px`);
    this.label.style.setProperty("top", `${above > 0 ? above : box.y - frame.y + 18}px`);
  }

  private press(event: KeyboardEvent): void {
    if (event.key === "+" || event.key === "=") this.zoom(STEP);
    else if (event.key === "-") this.zoom(1 / STEP);
    else if (event.key === "0") this.look({ ...this.whole });
    else if (event.key === "Enter" && this.pointed) this.pointed.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    else if (event.key === "Escape") this.point(null);
    else if (event.key.startsWith("Arrow")) this.step(event.key);
    else return;
    event.preventDefault();
  }

  /** To the nearest territory on that side, so that the arrows walk over the map. */
  private step(key: string): void {
    const links = [...this.drawing.querySelectorAll<SVGGraphicsElement>("a[data-code]")];
    const here = this.pointed ?? this.drawing.querySelector<SVGElement>(".hand") ?? this.drawing;
    const from = centre(here.getBoundingClientRect());
    const dx = Number(key === "ArrowRight") - Number(key === "ArrowLeft");
    const dy = Number(key === "ArrowDown") - Number(key === "ArrowUp");
    let best: SVGElement | null = null;
    let least = Infinity;
    for (const link of links) {
      if (link === this.pointed) continue;
      const to = centre(link.getBoundingClientRect());
      const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
      const across = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
      const far = along + 2 * across;
      if (along > 2 && far < least) [best, least] = [link, far];
    }
    if (best) this.point(best);
  }

  private grab(event: PointerEvent): void {
    this.touches.set(event.pointerId, event);
    if (this.touches.size === 2) this.pinch = { distance: this.apart(), view: { ...this.view } };
    else this.held = { x: event.clientX, y: event.clientY, view: { ...this.view }, moved: false };
  }

  private move(event: PointerEvent): void {
    if (this.touches.has(event.pointerId)) this.touches.set(event.pointerId, event);
    if (this.pinch && this.touches.size === 2) {
      const scale = this.apart() / this.pinch.distance;
      this.view = { ...this.pinch.view };
      this.zoom(scale);
      return;
    }
    if (this.held && event.buttons && this.zoomed) {
      const scale = this.view.width / this.drawing.clientWidth;
      const [dx, dy] = [event.clientX - this.held.x, event.clientY - this.held.y];
      if (Math.hypot(dx, dy) > 4) {
        if (!this.held.moved) this.drawing.setPointerCapture(event.pointerId);
        this.held.moved = true;
      }
      this.look({ ...this.held.view, x: this.held.view.x - dx * scale, y: this.held.view.y - dy * scale });
      return;
    }
    this.point((event.target as Element).closest<SVGElement>("a[data-code]"), event);
  }

  private release(event: PointerEvent): void {
    this.touches.delete(event.pointerId);
    if (this.touches.size < 2) this.pinch = null;
  }

  private apart(): number {
    const [one, other] = [...this.touches.values()];
    return one && other ? Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) : 1;
  }

  private get zoomed(): boolean {
    return this.view.width < this.whole.width - 0.5;
  }

  private spot(event: MouseEvent): { x: number; y: number } {
    const frame = this.drawing.getBoundingClientRect();
    return {
      x: this.view.x + ((event.clientX - frame.x) / frame.width) * this.view.width,
      y: this.view.y + ((event.clientY - frame.y) / frame.height) * this.view.height,
    };
  }

  private zoom(by: number, around?: { x: number; y: number }): void {
    const hand = this.drawing.querySelector<SVGGraphicsElement>(".hand")?.getBBox();
    const middle = this.zoomed || !hand
      ? { x: this.view.x + this.view.width / 2, y: this.view.y + this.view.height / 2 }
      : { x: hand.x + hand.width / 2, y: hand.y + hand.height / 2 };
    const at = around ?? middle;
    const width = Math.min(this.whole.width, Math.max(this.whole.width / DEEPEST, this.view.width / by));
    const height = (width * this.whole.height) / this.whole.width;
    const share = around
      ? { x: (at.x - this.view.x) / this.view.width, y: (at.y - this.view.y) / this.view.height }
      : { x: 0.5, y: 0.5 };
    this.look({ x: at.x - share.x * width, y: at.y - share.y * height, width, height });
  }

  private look(box: Box): void {
    const x = Math.min(Math.max(box.x, this.whole.x), this.whole.x + this.whole.width - box.width);
    const y = Math.min(Math.max(box.y, this.whole.y), this.whole.y + this.whole.height - box.height);
    this.view = { ...box, x, y };
    this.drawing.setAttribute("viewBox", `${x.toFixed(1)} ${y.toFixed(1)} ${box.width.toFixed(1)} ${box.height.toFixed(1)}`);
    this.drawing.classList.toggle("zoomed", this.zoomed);
    const level = Math.round(Math.log(this.whole.width / box.width) / Math.log(1.6));
    this.drawing.dataset.depth = String(Math.min(4, level));
  }
}

const files = new Map<string, Promise<Element[] | null>>();

/** The marks of a map's file, asked for once whichever pages show it: all but its style and its fills. */
function marksOf(address: string): Promise<Element[] | null> {
  const known = files.get(address) ?? readMarks(address);
  files.set(address, known);
  return known;
}

async function readMarks(address: string): Promise<Element[] | null> {
  try {
    const answer = await fetch(address);
    if (!answer.ok) return null;
    // The page has the style already, and would be told that one within a file is refused.
    const marks = (await answer.text()).replace(/<style>.*?<\/style>/s, "");
    const file = new DOMParser().parseFromString(marks, "image/svg+xml");
    return [...file.documentElement.children].filter((each) => each.localName !== "defs");
  } catch {
    return null;
  }
}

/** Makes each territory a link, to where `sample` leads but for its code. */
function link(body: Element, lead: string, sample: string): void {
  const at = (lead.split("?")[0] ?? "").lastIndexOf(sample);
  for (const area of body.querySelectorAll<SVGGElement>("g[data-code]")) {
    const code = area.dataset.code ?? "";
    const anchor = document.createElementNS(SVG, "a");
    anchor.setAttribute("href", lead.slice(0, at) + encodeURIComponent(code) + lead.slice(at + sample.length));
    anchor.setAttribute("tabindex", "-1");
    Object.assign(anchor.dataset, area.dataset);
    anchor.append(...area.childNodes);
    area.replaceWith(anchor);
  }
}

/** Names each territory for who cannot see it; the browser's own label would come over ours. */
function name(drawing: Element): void {
  for (const title of drawing.querySelectorAll("a > title")) {
    title.parentElement?.setAttribute("aria-label", title.textContent ?? "");
    title.remove();
  }
}

function centre(box: DOMRect): { x: number; y: number } {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
