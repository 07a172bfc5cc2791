import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** A node of the JSON Schema, as far as it is looked at. */
interface Node {
  $ref?: string;
  properties?: Record<string, Node>;
  items?: Node;
}
const schema = JSON.parse(readFileSync('src/formats/batch.schema.json', 'utf8')) as Node & { $defs: Record<string, Node> };

/** Returns the paths of all that a batch can hold, with `isLeaf` for what holds nothing that has a name of its own. What is in a path is a touchpoint. */
function pathsOf(node: Node, path = ''): { path: string; isLeaf: boolean }[] {
  const { $ref, properties, items } = node;
  if ($ref) return pathsOf(schema.$defs[$ref.slice($ref.lastIndexOf('/') + 1)]!, path);
  if (items && !/path$/.test(path)) return pathsOf(items, path);
  const isRoot = /^(contexts|events)?$/.test(path);
  const inside = Object.entries(properties ?? {}).flatMap(([key, value]) => pathsOf(value, isRoot ? key : `${path}.${key}`));
  return isRoot ? inside : [{ path, isLeaf: !properties }, ...inside];
}
const inSchema = pathsOf(schema);
const leaves = inSchema.filter(({ isLeaf }) => isLeaf).map(({ path }) => path);

const readme = readFileSync('README.md', 'utf8');
const [, table = ''] = /<!-- what leaves -->([^]*?)\n\n/.exec(readme) ?? [];
const rows = table.trim().split('\n').slice(2).map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
/** What the first column names in backticks. */
const inTable = rows.flatMap(([field]) => [...field!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));

test('README says of every field that can leave the browser what it is, why, how long it is kept, and under which consent', () => {
  expect(leaves.length).toBeGreaterThan(50);
  expect(leaves.filter((path) => !inTable.includes(path))).toEqual([]);
  expect(rows.filter((row) => row.length !== 5 || row.some((cell) => !cell))).toEqual([]);
});

test('README names no field that the schema does not know, and each once', () => {
  expect(inTable.filter((path) => !inSchema.some((each) => each.path === path))).toEqual([]);
  expect(inTable).toEqual([...new Set(inTable)]);
});

test('README names the consent of each field by the name of the purpose', () => {
  const consents = new Set(rows.map((row) => row[4]));
  expect([...consents].sort()).toEqual(['analytics', 'analytics and marketing', 'analytics, in part marketing']);
});
