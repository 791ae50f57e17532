// Looking for words in an index that is a file, where no server answers: the same order as a server gives.

/** Folded names, weight of its kind, key or kind, title, what it is, path from the folder of the index. */
export type Line = [names: string[], weight: number, key: string, title: string, detail: string, target: string, within?: string];

const read = new Map<string, Promise<Line[]>>();

/** Lines that the words name: exact names first, then names that start so, then words inside. */
export async function findIn(source: string, words: string): Promise<Line[]> {
  const known = read.get(source) ?? fetch(source).then((answer) => (answer.ok ? (answer.json() as Promise<Line[]>) : []));
  read.set(source, known);
  const wanted = fold(words);
  const scored: [number, Line][] = [];
  for (const line of await known) {
    const score = scoreOf(wanted, line);
    if (score !== null) scored.push([score, line]);
  }
  return scored.sort((a, b) => a[0] - b[0]).map(([, line]) => line);
}

function scoreOf(wanted: string, [names, weight]: Line): number | null {
  let best: number | null = null;
  names.forEach((name, rank) => {
    let score: number;
    if (name === wanted) score = 0;
    else if (name.startsWith(wanted)) score = 2;
    else if (name.includes(` ${wanted}`)) score = 4;
    else if (wanted.split(" ").every((word) => ` ${name}`.includes(` ${word}`))) score = 6;
    else return;
    score += weight + 10 * Math.min(rank, 2);
    best = best === null ? score : Math.min(best, score);
  });
  return best;
}

/** Words as a search compares them: no accent, no capital, no hyphen nor apostrophe, single spaces. */
function fold(words: string): string {
  const plain = words.replace(/[œŒ]/g, "oe").replace(/[æÆ]/g, "ae").replace(/[’'-]/g, " ").normalize("NFKD");
  return plain.replace(/\p{M}/gu, "").toLowerCase().split(/\s+/).filter(Boolean).join(" ");
}
