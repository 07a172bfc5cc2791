/** Counts the letters to change, add or remove to get from `a` to `b` (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Returns the name that `typo` was probably meant to be, or undefined when none is within a third of its letters. */
export function nearest(typo: string, names: string[]): string | undefined {
  const closest = names
    .map((name) => ({ name, off: distance(typo.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.off - b.off)[0];
  return closest && closest.off <= Math.ceil(typo.length / 3) ? closest.name : undefined;
}
