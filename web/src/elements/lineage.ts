// Pointing at a thing of the lineage shows what leads to it and what comes from it.

export class LineageElement extends HTMLElement {
  connectedCallback(): void {
    const drawing = this.querySelector("svg");
    if (!drawing) return;
    const ties = [...drawing.querySelectorAll<SVGPathElement>("[data-tie]")].map((path) => {
      const [start = "", end = ""] = (path.dataset.tie ?? "").split(" ");
      return { path, start, end };
    });
    const follow = (from: string, back: boolean, seen: Set<string>): Set<string> => {
      seen.add(from);
      for (const tie of ties) {
        const [here, there] = back ? [tie.end, tie.start] : [tie.start, tie.end];
        if (here === from && !seen.has(there)) follow(there, back, seen);
      }
      return seen;
    };
    const light = (node: string | undefined) => {
      drawing.classList.toggle("pointing", node !== undefined);
      const before = node === undefined ? new Set<string>() : follow(node, true, new Set());
      const after = node === undefined ? new Set<string>() : follow(node, false, new Set());
      for (const each of drawing.querySelectorAll<SVGElement>("[data-node]")) {
        const name = each.dataset.node ?? "";
        each.classList.toggle("lit", before.has(name) || after.has(name));
      }
      for (const tie of ties) {
        const lit = (before.has(tie.start) && before.has(tie.end)) || (after.has(tie.start) && after.has(tie.end));
        tie.path.classList.toggle("lit", lit);
      }
    };
    const nodeOf = (event: Event) => (event.target as Element).closest<SVGElement>("[data-node]")?.dataset.node;
    drawing.addEventListener("pointerover", (event) => light(nodeOf(event)));
    drawing.addEventListener("pointerleave", () => light(undefined));
    drawing.addEventListener("focusin", (event) => light(nodeOf(event)));
    drawing.addEventListener("focusout", () => light(undefined));
  }
}
