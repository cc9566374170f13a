/** The candidate that was most likely meant: at most a third of its letters differ. Undefined where none is near. */
export function nearest(wanted: string, candidates: readonly string[]): string | undefined {
  let best: { readonly text: string; readonly distance: number } | undefined;
  for (const text of new Set(candidates)) {
    const distance = levenshtein(wanted.toLowerCase(), text.toLowerCase());
    if (distance <= Math.max(2, text.length / 3) && (best === undefined || distance < best.distance))
      best = { text, distance };
  }
  return best?.text;
}

function levenshtein(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
