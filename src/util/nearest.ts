/** Returns the pairs of letters of a name, its beginning and end included, without capitals and separators. */
function pairsOf(name: string): string[] {
  const word = ` ${name.toLowerCase().replace(/[^a-z\d]/g, '')} `;
  return [...word].slice(1).map((letter, index) => word[index]! + letter);
}

/** Returns the name that `typo` was probably meant to be; undefined where none begins alike and has half of its pairs of letters in common with it. */
export function nearest(typo: string, names: readonly string[]): string | undefined {
  const pairs = pairsOf(typo);
  const likeness = (name: string) => {
    const others = pairsOf(name);
    return others[0] === pairs[0] ? pairs.filter((pair) => others.includes(pair)).length / (pairs.length + others.length) : 0;
  };
  // What every object has is no slip of the pen.
  if (typo in {}) return undefined;
  const [closest] = [...names].sort((a, b) => likeness(b) - likeness(a));
  return closest && likeness(closest) >= 0.25 ? closest : undefined;
}
