// Checking a file that one has against the manifest of the edition, without sending it anywhere.
// Digests exist on safe addresses only (https, or the machine itself): elsewhere nothing is offered.

interface Leaf { name: string; sha256: string }
interface Tree { leaves: Leaf[] }

export class CheckElement extends HTMLElement {
  private leaves: Promise<Map<string, string>> | null = null;

  connectedCallback(): void {
    if (!globalThis.crypto?.subtle || this.childElementCount) return;
    const label = document.createElement("label");
    const field = document.createElement("input");
    const hint = document.createElement("p");
    const said = document.createElement("p");
    field.type = "file";
    field.id = "file-to-check";
    label.htmlFor = field.id;
    label.textContent = this.dataset.label ?? "";
    hint.textContent = this.dataset.how ?? "";
    hint.className = "hint";
    said.setAttribute("role", "status");
    this.append(label, field, hint, said);
    field.addEventListener("change", () => void this.check(field.files?.[0], said));
  }

  private async check(file: File | undefined, said: HTMLElement): Promise<void> {
    said.textContent = "";
    if (!file) return;
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const name = (await this.read()).get(sha256);
    const words = name ? this.dataset.known?.replace("{name}", name) : this.dataset.unknown?.replace("{sha256}", sha256);
    said.textContent = words ?? "";
    said.className = name ? "known" : "unknown";
  }

  private read(): Promise<Map<string, string>> {
    this.leaves ??= fetch(this.dataset.source ?? "").then(async (answer) => {
      const manifest = (await answer.json()) as Tree & { export?: Tree };
      const every = [...manifest.leaves, ...(manifest.export?.leaves ?? [])];
      return new Map(every.map((leaf) => [leaf.sha256, leaf.name]));
    });
    return this.leaves;
  }
}
