import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import resolve from '@rollup/plugin-node-resolve';
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

/** Versions of the files for browsers beside the first, for their addresses: no cache gives the file of another build. */
const versions = {};

/** Hashes of the files for browsers, by the address that each is loaded by: `dist/integrity.json`. Written with the last of them. */
const integrity = {
  name: 'integrity',
  writeBundle() {
    const hashOf = (name) =>
      `sha384-${createHash('sha384')
        .update(readFileSync(`dist/${name}`))
        .digest('base64')}`;
    const hashes = ['waymark.min.js', ...Object.keys(versions).sort(), 'waymark.shopify.min.js'].map((name) => [
      versions[name] ? `${name}?v=${versions[name]}` : name,
      hashOf(name),
    ]);
    writeFileSync('dist/integrity.json', `${JSON.stringify(Object.fromEntries(hashes), null, 2)}\n`);
  },
};

/** What an earlier build left must not end up in the package. */
rmSync('dist', { recursive: true, force: true });

/** Readable modules with types, for `import`. Dependencies stay imports. (`npm run types` checks the types, here and below.) */
const modules = {
  input: [
    'src/index.ts',
    'src/core.ts',
    'src/capture/index.ts',
    'src/journey/index.ts',
    'src/formats/index.ts',
    'src/adapters/shopify.ts',
  ],
  external: ['idb-keyval', 'web-vitals'],
  output: { dir: 'dist', format: 'es', preserveModules: true, preserveModulesRoot: 'src' },
  plugins: [
    typescript({ noEmit: false, noCheck: true, declaration: true, declarationDir: 'dist', outDir: 'dist' }),
    schema,
  ],
};

/**
 * The same for `require`, made of those modules: Jest and other tools still ask so. Fewer files, since nobody reads these; a folder with a `package.json` of
 * its own, so that Node and TypeScript take what is in it for CommonJS. Both kinds on one page know of each other as two copies of Waymark do.
 */
const commonJs = {
  input: Object.fromEntries(
    modules.input.map((path) => path.replace(/^src\/|\.ts$/g, '')).map((name) => [name, `dist/${name}.js`]),
  ),
  external: modules.external,
  // Jest cannot do `import()`.
  output: { dir: 'dist/cjs', format: 'cjs', chunkFileNames: 'shared/[name].js', dynamicImportInCjs: false },
  plugins: [
    {
      name: 'common-js-package',
      writeBundle() {
        const isType = (path) => statSync(path).isDirectory() || path.endsWith('.d.ts');
        for (const name of readdirSync('dist'))
          if (!/^(cjs|iglu)$/.test(name))
            cpSync(`dist/${name}`, `dist/cjs/${name}`, { recursive: true, filter: isType });
        writeFileSync(
          'dist/cjs/package.json',
          `${JSON.stringify({ type: 'commonjs', sideEffects: false }, null, 2)}\n`,
        );
      },
    },
  ],
};

/** Makes files for browsers. The compressor's switches are those that made the smallest file by brotli. */
const compiled = () => [resolve(), typescript({ noEmit: false, noCheck: true, sourceMap: true, outDir: 'dist' })];
const small = (module) => terser({ ecma: 2020, module, toplevel: true, compress: { passes: 3 } });

/** Pages replace `Promise` by what is none; an async function's is the browser's own. For our code and for that of the dependencies. */
const PROMISE = 'const Promise = (async () => {})().constructor;';

/** The file names of parts have their versions in them, as their addresses have, until they are written. */
const written = {
  name: 'written',
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      const [name, version] = file.fileName.split('?v=');
      if (version) versions[name] = version;
      file.fileName = name;
    }
  },
};

/** What all files for browsers have in common. */
const output = { dir: 'dist', sourcemap: true, sourcemapFileNames: 'waymark.[name].min.js.map', hashCharacters: 'hex' };

/** What tells arrivals apart: of the script tag, where there is evidence of one, and of the Shopify pixel. It needs no other file. */
const arrivals = {
  input: { arrivals: 'src/arrival/classifier.ts' },
  output: { ...output, entryFileNames: 'waymark.[name].min.js?v=[hash]', format: 'es' },
  plugins: [...compiled(), small(true), written],
};

/** Has the classifier imported from the file that `arrivals` has made. */
const withArrivals = {
  name: 'with-arrivals',
  resolveDynamicImport: (specifier) =>
    /arrival\/classifier/.test(specifier)
      ? { id: `./waymark.arrivals.min.js?v=${versions['waymark.arrivals.min.js']}`, external: 'absolute' }
      : null,
};

/** Whether a chunk is the file of the script tag. */
const isFirst = ({ name }) => name === 'waymark';

/**
 * Makes a part a function: the first file is a classic script, from which no module can import. It is given what it needs of that (`first`), and what loads further
 * parts; what several parts need, and the first file does not, is a part that they import (`shared`).
 */
const beginPart = ({ imports }) => {
  const parts = imports.filter((file) => file !== 'waymark.min.js');
  const names = parts.map((_, index) => `part${index}`);
  return `${parts.map((file, index) => `import ${names[index]} from './${file}';`).join('')}
export default (first, loadPart) => {
const [require, exports] = [(file) => [${names}][${JSON.stringify(parts.map((file) => `./${file}`))}.indexOf(file)]?.(first) ?? first, {}];`;
};

/** Has what web-vitals begins undone when the tracker stops: it never does that by itself. */
const undoable = {
  name: 'undoable',
  transform(code, id) {
    if (!/web-vitals\.js$/.test(id) || !/node_modules/.test(id)) return null;
    return `import { addEventListener, createObserver } from '${process.cwd()}/src/platform/foreign-listeners.ts';${code.replaceAll('new PerformanceObserver(', 'createObserver(')}`;
  },
};

/**
 * The file of the script tag, and the parts that it loads: one for each module in `by-need/`, and named after it. The format is CommonJS, and what stands
 * before and after a chunk makes it a classic script, or a part.
 */
const script = {
  input: { waymark: 'src/script.ts' },
  preserveEntrySignatures: false,
  output: {
    ...output,
    format: 'cjs',
    strict: false,
    esModule: false,
    exports: 'named',
    minifyInternalExports: true,
    entryFileNames: '[name].min.js',
    chunkFileNames: 'waymark.[name].min.js?v=[hash]',
    sourcemapFileNames: (chunk) => `${isFirst(chunk) ? '' : 'waymark.'}${chunk.name}.min.js.map`,
    intro: PROMISE,
    banner: (chunk) => (isFirst(chunk) ? '(() => { const exports = {}; let loadPart;' : beginPart(chunk)),
    footer: (chunk) => (isFirst(chunk) ? '})();' : 'return exports; };'),
    manualChunks(id, { getModuleInfo }) {
      const users = new Set([id]);
      for (const user of users) for (const importer of getModuleInfo(user).importers) users.add(importer);
      if ([...users].some((user) => getModuleInfo(user).isEntry)) return 'waymark';
      return [...users].filter((user) => user.includes('/by-need/')).length > 1 ? 'shared' : undefined;
    },
  },
  plugins: [
    withArrivals,
    {
      name: 'load-part',
      renderDynamicImport: ({ targetModuleId }) => (targetModuleId ? { left: 'loadPart(', right: ')' } : null),
    },
    undoable,
    ...compiled(),
    small(false),
    written,
  ],
};

/** The file of a Shopify custom pixel: a module with all that it needs but the classifier. */
const pixel = {
  input: { shopify: 'src/adapters/shopify-script.ts' },
  output: {
    ...output,
    entryFileNames: 'waymark.[name].min.js',
    format: 'es',
    intro: PROMISE,
    inlineDynamicImports: true,
  },
  plugins: [withArrivals, ...compiled(), small(true), integrity],
};

export default [modules, commonJs, arrivals, script, pixel];
