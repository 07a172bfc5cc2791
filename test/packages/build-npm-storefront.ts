import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, createLogger } from 'vite';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** `examples/npm-storefront` as a project of its own that has installed the packed package. */
export interface Project {
  /** Under `.cache` in the root, so that vite, typescript and the package's dependency are found there. */
  folder: string;
  /** What is in the tarball: paths without `package/`, sorted. */
  packed: string[];
  remove(): Promise<void>;
}

/** Copies an example without what it was built into. */
async function copyExample(name: string, folder: string): Promise<void> {
  const isSource = (path: string) => !['node_modules', 'dist'].includes(basename(path));
  await cp(join(root, 'examples', name), folder, { recursive: true, filter: isSource });
}

/**
 * Puts another example below an installed one, where it finds the same packed package: installing costs seconds.
 *
 * @returns its folder
 */
export async function addExample({ folder }: Project, name: string): Promise<string> {
  const added = join(folder, name);
  await copyExample(name, added);
  return added;
}

/** Packs `dist` as it is, and installs it in a copy of the example. */
export async function installNpmStorefront(): Promise<Project> {
  await mkdir(join(root, '.cache'), { recursive: true });
  const folder = await mkdtemp(join(root, '.cache', 'npm-storefront-'));
  await copyExample('npm-storefront', folder);

  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, 'waymark'), { recursive: true });
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', modules], { cwd: root });
  const tarball = (await readdir(modules)).find((name) => name.endsWith('.tgz'))!;
  await run('tar', ['-xzf', tarball, '-C', 'waymark', '--strip-components=1'], { cwd: modules });
  const { stdout } = await run('tar', ['-tzf', tarball], { cwd: modules });
  const packed = stdout.split('\n').filter((path) => path && !path.endsWith('/')).map((path) => path.replace(/^package\//, '')).sort();
  return { folder, packed, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Returns what TypeScript says about a project, a line each; nothing where all is well. */
export async function checkTypes(folder: string, config = 'tsconfig.json'): Promise<string[]> {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const said = await run(process.execPath, [tsc, '--noEmit', '--pretty', 'false', '-p', config], { cwd: folder }).catch((error: { stdout: string }) => error);
  return said.stdout.split('\n').filter(Boolean);
}

/** Builds a project for production into its `dist`. Returns the bundler's warnings. */
export async function buildProject(folder: string, collectorUrl: string): Promise<string[]> {
  await writeFile(join(folder, '.env.local'), `VITE_COLLECTOR=${collectorUrl}\n`);
  const warnings: string[] = [];
  const logger = createLogger('warn');
  logger.warn = logger.warnOnce = (message) => void warnings.push(message);
  // Vitest says `test`, and Vite would then build what a developer sees.
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    await build({ root: folder, customLogger: logger });
  } finally {
    process.env.NODE_ENV = NODE_ENV;
  }
  return warnings;
}

/**
 * Builds the shop of `examples/npm-storefront` from the packed package, for browser tests.
 *
 * @param collectorUrl where its events go
 * @returns the folder of the built site, of its own for each call; remove it when done. Its views have paths of their own, so a
 *   server answers with `index.html` where there is no file
 */
export async function buildNpmStorefront(collectorUrl: string): Promise<string> {
  const { folder, remove } = await installNpmStorefront();
  try {
    await buildProject(folder, collectorUrl);
    const site = `${folder}-site`;
    await rename(join(folder, 'dist'), site);
    return site;
  } finally {
    await remove();
  }
}
