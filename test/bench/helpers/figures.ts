/** One line of the table that the benches print. */
export interface Figure {
  what: string;
  /** What issue and README want; empty where there is only something to know. */
  aim: string;
  figure: string;
}

/** One bench: measures and returns its lines. */
export type Bench = () => Promise<Figure[]>;

/** Returns the value below which `part` of the values lie (nearest rank). */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Writes a number with as many digits as matter. */
export const round = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2));

/** Prints lines as a table of Markdown. */
export function printTable(figures: readonly Figure[], command: string): void {
  console.log('| what | aim | figure | command |\n| --- | --- | --- | --- |');
  for (const { what, aim, figure } of figures) console.log(`| ${what} | ${aim || '–'} | ${figure} | \`${command}\` |`);
}

/** Writes to stderr how far a bench is: stdout is for the table. */
export const tell = (text: string): void => void process.stderr.write(`${text}\n`);

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
