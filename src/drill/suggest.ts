// "Did you mean …": the nearest of the words that are allowed somewhere.

/** The allowed word nearest to what was written; undefined when none is near enough to have been meant. */
export function closest(written: string, allowed: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(written.length / 3));
  let best: { word: string; distance: number } | undefined;
  for (const word of allowed) {
    if (Math.abs(word.length - written.length) > limit) continue;
    const distance = editDistance(written.toLowerCase(), word.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { word, distance };
  }
  return best?.word;
}

/** `did you mean "x"?`, else the list of what is allowed when it is short, else undefined. */
export function suggest(written: string, allowed: Iterable<string>): string | undefined {
  const words = [...new Set(allowed)];
  const near = closest(written, words) ?? words.find((word) => word.split('.').includes(written));
  if (near !== undefined) return `did you mean "${near}"?`;
  return words.length > 0 && words.length <= 12 ? `expected one of ${words.join(', ')}` : undefined;
}

/** Insertions, deletions, replacements and swaps of neighbours that make `b` of `a`. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const candidates = [replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1];
      row.push(Math.min(...candidates, swapped ? (beforeLast[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
