import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the build reads. */
const SOURCES = ['src', 'rollup.config.mjs', 'package.json'];
/** What it writes last. */
const BUILT = 'dist/integrity.json';

const changedAt = (path: string): number =>
  statSync(path).isDirectory()
    ? Math.max(...readdirSync(path).map((name) => changedAt(join(path, name))))
    : statSync(path).mtimeMs;

/** Builds `dist` before the tests, but not where it is newer than all that it is made of. */
export default function setup(): void {
  if (existsSync(BUILT) && SOURCES.every((path) => changedAt(path) < changedAt(BUILT))) return;
  console.log('building dist …');
  execFileSync('npm', ['run', 'build'], { stdio: 'inherit' });
}
