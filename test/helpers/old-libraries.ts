import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Libraries that npm has no copy of for browsers, with the Debian package that brings each, and where. */
const LIBRARIES = {
  prototype: { package: 'libjs-prototype', path: 'usr/share/javascript/prototype/prototype.js', env: 'PROTOTYPE_PATH' },
  mootools: { package: 'libjs-mootools', path: 'usr/share/javascript/mootools/mootools-core.min.js', env: 'MOOTOOLS_PATH' },
};

/**
 * Returns the code of an old library for browsers: from the path in the environment (`PROTOTYPE_PATH`, `MOOTOOLS_PATH`), from where Debian's package has put
 * it, or out of that package, which is fetched but not installed. Undefined where there is none; says so.
 */
export function oldLibrary(name: keyof typeof LIBRARIES): string | undefined {
  const { package: deb, path, env } = LIBRARIES[name];
  const known = [process.env[env] ?? '', `/${path}`].find(existsSync);
  if (known) return readFileSync(known, 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'waymark-library-'));
  try {
    const options = { cwd: folder, stdio: 'ignore', timeout: 60_000 } as const;
    try {
      execFileSync('apt-get', ['download', deb], options);
    } catch {
      // The lists of packages may be missing.
      execFileSync('apt-get', ['update'], options);
      execFileSync('apt-get', ['download', deb], options);
    }
    execFileSync('dpkg-deb', ['-x', readdirSync(folder).find((file) => file.endsWith('.deb'))!, folder], options);
    return readFileSync(join(folder, path), 'utf8');
  } catch {
    console.log(`Not tested with ${name}: install ${deb}, or set ${env}.`);
    return undefined;
  }
}
