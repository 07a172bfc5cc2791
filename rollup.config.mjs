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

/** Hashes of the files for browsers, by the address that each is loaded by: `dist/integrity.json`. Written with the last of them. */
const integrity = {
  name: 'integrity',
  writeBundle() {
    const hash = (name) => `sha384-${createHash('sha384').update(readFileSync(`dist/${name}`)).digest('base64')}`;
    const names = ['waymark.min.js', 'waymark.more.min.js', 'waymark.arrivals.min.js', 'waymark.asked.min.js', 'waymark.formats.min.js', 'waymark.shopify.min.js'];
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
  transform: (code, id) => (id.endsWith('journey/models.ts') ? code.replace(/{ name: ('\w+'), label: '[^']*', meaning: '[^']*' }/g, '$1') : null),
};

/**
 * Names that the parts of Waymark have for each other, in no event, option, stored row or browser interface: shortened in the script.
 * The size budget forces it (`test/size.test.ts`); whoever adds a name here looks for it everywhere first.
 */
const INTERNAL =
  /^(enrich|observe|calls|stops|memory|queue|known|copy|safe|watch|report|reject|tracker|leave|left|back|madeUp|emit|record|settle|suspect|renew|late|opening|seen|encode|lock|loopOn|goal|merges|ends|leaves|insert|past|views|look|isUntitled|conditions|names|dormantMs|post|own|save|step|written|restore|isOnce|journal|bounds|revive|drop|onLost|onOverwritten|settled|outcome|waitMs|action|isOwn|retryAfter|isOffline|blockedBy|pack|isHidden|me|room|isMine|worth|lanes|slot|wants|mine|undone|readers|tail|coming|numberOf)$/;

/** What internal names of properties have become: the files of the script tag hand parts to each other. Names of variables are each file's own. */
const scriptNames = {
  get vars() {
    return { props: {} };
  },
  set vars(_) {},
};

/** Makes a file of the script tag small. The compressor's switches are those that made the smallest file by brotli. */
const minified = (module, nameCache = scriptNames) => [
  withoutWords,
  resolve(),
  typescript({ noEmit: false, noCheck: true, sourceMap: true, outDir: 'dist' }),
  terser({
    ecma: 2020,
    module,
    toplevel: true,
    compress: { passes: 8, inline: 1, hoist_funs: true, arrows: false, unsafe_arrows: true, negate_iife: false },
    mangle: { properties: { regex: INTERNAL } },
    nameCache,
  }),
];

/** Of the other files of the script tag, for their addresses in the first. */
const versions = {};
const readVersion = {
  name: 'read-version',
  generateBundle: (_, files) => Object.entries(files).forEach(([name, { code }]) => code && (versions[name] = createHash('sha256').update(code).digest('hex').slice(0, 8))),
};
const writeVersion = {
  name: 'write-version',
  transform: (code, id) =>
    /src\/(adapters\/shopify-)?script\.ts$/.test(id) ? code.replace('VERSION_OF_MORE', versions['waymark.more.min.js']).replace('VERSION_OF_ARRIVALS', versions['waymark.arrivals.min.js']).replace('VERSION_OF_ASKED', versions['waymark.asked.min.js']).replace('VERSION_OF_FORMATS', versions['waymark.formats.min.js']) : null,
};

/** The library listens and observes for ever: in the script, by functions that remember it, so that `stop` leaves nothing behind. */
const undoable = {
  name: 'undoable',
  transform(code, id) {
    if (!/web-vitals\.js$/.test(id) || !/node_modules/.test(id)) return null;
    return `import { addEventListener, createObserver } from '${process.cwd()}/src/browser/foreign-listeners.ts';${code.replaceAll('new PerformanceObserver(', 'createObserver(')}`;
  },
};

/** Pages replace `Promise` by what is none; an async function's is the browser's own. For our code and for that of the dependencies, in the files that make any. */
const intro = 'const Promise = (async () => {})().constructor;';

/** The second file of the script tag: what may come a moment later. */
const more = {
  input: 'src/more.ts',
  output: { file: 'dist/waymark.more.min.js', format: 'es', sourcemap: true, intro },
  plugins: [undoable, minified(true), readVersion],
};

/** A further file of the script tag: what only an option or a call asks for. */
const asked = {
  input: 'src/asked.ts',
  output: { file: 'dist/waymark.asked.min.js', format: 'es', sourcemap: true, intro },
  plugins: [minified(true), readVersion],
};

/** A further file of the script tag: formats that it can be told the names of. */
const formats = {
  input: 'src/formats/script-formats.ts',
  output: { file: 'dist/waymark.formats.min.js', format: 'es', sourcemap: true },
  plugins: [minified(true), readVersion],
};

/** What tells arrivals apart: of the script tag, where there is evidence of one, and of the Shopify pixel. It shares no shortened names with them. */
const arrivals = {
  input: 'src/capture/classify.ts',
  output: { file: 'dist/waymark.arrivals.min.js', format: 'es', sourcemap: true },
  plugins: [minified(true), readVersion],
};

/** The file of the script tag. */
const script = {
  input: 'src/script.ts',
  output: { file: 'dist/waymark.min.js', format: 'iife', sourcemap: true, intro },
  plugins: [writeVersion, minified(false)],
};

/** The file of a Shopify custom pixel: a module with all that it needs. */
const pixel = {
  input: 'src/adapters/shopify-script.ts',
  output: { file: 'dist/waymark.shopify.min.js', format: 'es', sourcemap: true, intro },
  plugins: [writeVersion, minified(true, {}), integrity],
};

export default [modules, commonJs, more, arrivals, asked, formats, script, pixel];
