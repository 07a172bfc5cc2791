/** Returns the name that `typo` was probably meant to be, or undefined when none shares half of its pairs of letters. */
export function nearest(typo: string, names: string[]): string | undefined {
  const shared = (name: string) => [...typo].filter((_, index) => index && name.includes(typo.slice(index - 1, index + 1))).length;
  const [closest] = names.sort((a, b) => shared(b) - shared(a));
  return closest && shared(closest) > typo.length / 2 ? closest : undefined;
}
