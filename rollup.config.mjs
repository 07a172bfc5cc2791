import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import resolve from '@rollup/plugin-node-resolve';
import MagicString from 'magic-string';
import terser from '@rollup/plugin-terser';
import typescript from '@rollup/plugin-typescript';

/** The JSON Schema of the native batch is part of the package, as `waymark/schema.json`, and so are the Iglu schemas for Snowplow, as `waymark/iglu`. */
const schema = {
  name: 'schema',
  writeBundle() {
    copyFileSync('src/formats/batch.schema.json', 'dist/batch.schema.json');
    cpSync('src/formats/iglu', 'dist/iglu', { recursive: true });
  },
};

/** Hashes of the files for browsers, by the address that each is loaded by: `dist/integrity.json`. Written with the last of them. */
const integrity = {
  name: 'integrity',
  writeBundle() {
    const hash = (name) => `sha384-${createHash('sha384').update(readFileSync(`dist/${name}`)).digest('base64')}`;
    const names = ['waymark.min.js', 'waymark.more.min.js', 'waymark.arrivals.min.js', 'waymark.asked.min.js', 'waymark.formats.min.js', 'waymark.consent.min.js', 'waymark.told.min.js', 'waymark.models.min.js', 'waymark.shopify.min.js'];
    const address = (name) => (versions[name] ? `${name}?v=${versions[name]}` : name);
    writeFileSync('dist/integrity.json', `${JSON.stringify(Object.fromEntries(names.map((name) => [address(name), hash(name)])), null, 2)}\n`);
  },
};

/** What an earlier build left must not end up in the package. */
rmSync('dist', { recursive: true, force: true });

/** Readable modules with types, for `import`. Dependencies stay imports. (`npm run types` checks the types, here and below.) */
const modules = {
  input: ['src/index.ts', 'src/core.ts', 'src/capture/index.ts', 'src/journey/index.ts', 'src/formats/index.ts', 'src/adapters/shopify.ts'],
  external: ['idb-keyval', 'web-vitals'],
  output: { dir: 'dist', format: 'es', preserveModules: true, preserveModulesRoot: 'src' },
  plugins: [typescript({ noEmit: false, noCheck: true, declaration: true, declarationDir: 'dist', outDir: 'dist' }), schema],
};

/**
 * The same for `require`, made of those modules: Jest and other tools still ask so. Fewer files, since nobody reads these; a folder with a `package.json` of
 * its own, so that Node and TypeScript take what is in it for CommonJS. Both kinds on one page know of each other as two copies of Waymark do.
 */
const commonJs = {
  input: Object.fromEntries(modules.input.map((path) => path.replace(/^src\/|\.ts$/g, '')).map((name) => [name, `dist/${name}.js`])),
  external: modules.external,
  output: { dir: 'dist/cjs', format: 'cjs', chunkFileNames: 'shared/[name].js' },
  plugins: [
    {
      name: 'common-js-package',
      writeBundle() {
        const isType = (path) => statSync(path).isDirectory() || path.endsWith('.d.ts');
        for (const name of readdirSync('dist')) if (!/^(cjs|iglu)$/.test(name)) cpSync(`dist/${name}`, `dist/cjs/${name}`, { recursive: true, filter: isType });
        writeFileSync('dist/cjs/package.json', `${JSON.stringify({ type: 'commonjs', sideEffects: false }, null, 2)}\n`);
      },
    },
  ],
};

/** The words of the built-in models are for people who read code, servers and reports: the script goes without. */
const withoutWords = {
  name: 'without-words',
  transform: (code, id) => (/journey\/(default-)?models?\.ts$/.test(id) ? code.replace(/{ name: ('\w+'), label: '[^']*', meaning: '[^']*' }/g, '$1') : null),
};

/** Makes files for browsers. The compressor's switches are those that made the smallest file by brotli. */
const compiled = () => [withoutWords, resolve(), typescript({ noEmit: false, noCheck: true, sourceMap: true, outDir: 'dist' })];
const small = (module) => terser({ ecma: 2020, module, toplevel: true, compress: { passes: 3 } });

/** Versions of the files beside the first, for their addresses: no cache gives the file of another build. */
const versions = {};
const readVersions = {
  name: 'read-versions',
  generateBundle(_, files) {
    for (const [name, { code, isEntry }] of Object.entries(files)) if (code && !(isEntry && name === 'waymark.min.js')) versions[name] ??= createHash('sha256').update(code).digest('hex').slice(0, 8);
  },
};

/** The library listens and observes for ever: in the script, by functions that remember it, so that `stop` leaves nothing behind. */
const undoable = {
  name: 'undoable',
  transform(code, id) {
    if (!/web-vitals\.js$/.test(id) || !/node_modules/.test(id)) return null;
    return `import { addEventListener, createObserver } from '${process.cwd()}/src/platform/foreign-listeners.ts';${code.replaceAll('new PerformanceObserver(', 'createObserver(')}`;
  },
};

/** Pages replace `Promise` by what is none; an async function's is the browser's own. For our code and for that of the dependencies, in the files that make any. */
const intro = 'const Promise = (async () => {})().constructor;';

/** What tells arrivals apart: of the script tag, where there is evidence of one, and of the Shopify pixel. It needs no other file. */
const arrivals = {
  input: { arrivals: 'src/arrival/classify.ts' },
  output: { dir: 'dist', entryFileNames: 'waymark.[name].min.js', format: 'es', sourcemap: true },
  plugins: [...compiled(), small(true), readVersions],
};

/** The files that the script tag loads by need: name, and what is in it. */
const PARTS = { more: 'src/more.ts', asked: 'src/asked.ts', formats: 'src/formats/script-formats.ts', consent: 'src/consent/signals.ts', told: 'src/delivery/warnings.ts', models: 'src/journey/models.ts' };

/**
 * Makes the parts, and tells where they are (`waymark:files`). Each is linked to the first file: that is a classic script, which no module can import from, so a
 * part is a function of what it needs of the first file. What two need is there once.
 */
const parts = {
  name: 'parts',
  resolveId: (id) => (id === 'waymark:files' ? id : null),
  load(id) {
    if (id !== 'waymark:files') return null;
    const emitted = Object.entries(PARTS).map(([name, path]) => [name, `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'chunk', id: path, name, preserveSignature: 'allow-extension' })}`]);
    return [...emitted, ['arrivals', JSON.stringify(`waymark.arrivals.min.js?v=${versions['waymark.arrivals.min.js']}`)]].map(([name, file]) => `export const ${name} = ${file};`).join('\n');
  },
  // A name with its hash is known when all is made: what stands for it until then has its length.
  resolveFileUrl: ({ fileName }) => `'${fileName.replace(/\.[^.]+\.min\.js$/, '.min.js')}?v=${/\.([^.]+)\.min\.js$/.exec(fileName)[1]}'`,
  renderChunk(code, { fileName }) {
    const text = new MagicString(code);
    const named = (list) => list.split(',').map((each) => each.trim().split(' as ')).filter(([name]) => name);
    const exported = /export \{([^}]*)\};\s*$/.exec(code);
    const fields = named(exported?.[1] ?? '').map(([own, name = own]) => `${name}: ${own}`);
    if (exported) text.remove(exported.index, code.length);
    // A classic script: what it declares would be the page's.
    if (fileName === 'waymark.min.js') text.prepend('(() => {\n').append(`\nObject.assign(waymarkParts, { ${fields} });\n})();`);
    else {
      const imported = [...code.matchAll(/^import \{([^}]*)\} from '([^']*)';$/gm)];
      for (const [line, , from] of imported) if (from !== './waymark.min.js') this.error(`${fileName} needs another part: ${line}`);
      for (const { 0: line, index } of imported) text.remove(index, index + line.length);
      text.prepend(`export default ({ ${imported.flatMap(([, list]) => named(list)).map(([name, own = name]) => `${name}: ${own}`)} }) => {\n`).append(`\nreturn { ${fields} };\n};`);
    }
    return { code: text.toString(), map: text.generateMap({ hires: true }) };
  },
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      const [, name, version] = /^(waymark\.\w+)\.([^.]+)\.min\.js(?:\.map)?$/.exec(file.fileName) ?? [];
      if (!name) continue;
      if (file.code) {
        versions[`${name}.min.js`] = version;
        file.code = file.code.replace(`${name}.${version}.min.js.map`, `${name}.min.js.map`);
      }
      file.fileName = file.fileName.replace(`.${version}.`, '.');
    }
  },
};

/** The file of the script tag, and those that it loads by need. */
const script = {
  input: { waymark: 'src/script.ts' },
  output: {
    dir: 'dist',
    format: 'es',
    sourcemap: true,
    intro,
    entryFileNames: '[name].min.js',
    chunkFileNames: 'waymark.[name].[hash].min.js',
    hashCharacters: 'hex',
    // What two parts need is in the first file, where both can have it.
    manualChunks(id, { getModuleInfo }) {
      const above = new Set([id]);
      for (const each of above) for (const importer of getModuleInfo(each).importers) above.add(importer);
      const users = Object.values(PARTS).filter((path) => [...above].some((each) => each.endsWith(`/${path}`)));
      return id.endsWith('/src/script.ts') || users.length > 1 ? 'waymark' : undefined;
    },
  },
  plugins: [undoable, parts, ...compiled(), small(false), readVersions],
};

/** The file of a Shopify custom pixel: a module with all that it needs. */
const pixel = {
  input: { shopify: 'src/adapters/shopify-script.ts' },
  output: { dir: 'dist', entryFileNames: 'waymark.[name].min.js', format: 'es', sourcemap: true, intro },
  plugins: [
    {
      name: 'files',
      resolveId: (id) => (id === 'waymark:files' ? id : null),
      load: (id) => (id === 'waymark:files' ? `export const arrivals = './waymark.arrivals.min.js?v=${versions['waymark.arrivals.min.js']}';` : null),
    },
    ...compiled(),
    small(true),
    integrity,
  ],
};

export default [modules, commonJs, arrivals, script, pixel];
