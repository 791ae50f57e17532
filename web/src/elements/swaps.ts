// Parts of the page in place of which those of another address are put, without leaving the page.

/** The page at an address, when it answers and has the part that is asked for; null otherwise: the browser is to go there. */
export async function fetchPage(address: string, part: string): Promise<{ page: Document; address: string } | null> {
  try {
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok && page.querySelector(part)) return { page, address: answer.url };
  } catch {
    // Whatever stands in the way is told by the page that the browser then opens.
  }
  return null;
}

/** Put parts of another page in the place of those of this one, its title with them. */
export function swapParts(page: Document, parts: readonly string[]): void {
  for (const part of parts) {
    const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
    if (old && fresh) old.replaceWith(document.importNode(fresh, true));
  }
  document.title = page.title;
}
