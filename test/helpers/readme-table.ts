import { readFileSync } from 'node:fs';

/**
 * Returns the rows of a table in README, without its head: each as its cells, trimmed. Throws where there is no such table.
 *
 * @param before what stands before the table: the text of the comment above it, or the cells of its head
 */
export function readmeTable(before: string | string[]): string[][] {
  const isTable = (line: string | undefined) => line?.startsWith('|');
  // A bar that belongs to a cell is written `\|`.
  const cellsOf = (line: string) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
  const lines = readFileSync('README.md', 'utf8').split('\n');
  const isBefore = (line: string) =>
    typeof before === 'string'
      ? line === `<!-- ${before} -->`
      : isTable(line) && cellsOf(line).join() === before.join();
  const from = lines.findIndex(isBefore);
  const head = lines.findIndex((line, index) => from >= 0 && index >= from && isTable(line));
  if (head < 0) throw new Error(`README has no table for ${before}`);
  const end = lines.findIndex((line, index) => index > head && !isTable(line));
  return lines.slice(head + 2, end < 0 ? undefined : end).map(cellsOf);
}
