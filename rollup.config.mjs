import { createHash } from 'node:crypto';
import { copyFileSync, rmSync } from 'node:fs';
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import typescript from '@rollup/plugin-typescript';

/** The JSON Schema of the native batch is part of the package: `waymark/schema.json`. */
const schema = {
  name: 'schema',
  writeBundle: () => copyFileSync('src/formats/batch.schema.json', 'dist/batch.schema.json'),
};

/** What an earlier build left must not end up in the package. */
rmSync('dist', { recursive: true, force: true });

/** Readable modules with types, for `import`. Dependencies stay imports. */
const modules = {
  input: ['src/index.ts', 'src/core.ts', 'src/capture/index.ts', 'src/journey/index.ts', 'src/formats/index.ts', 'src/adapters/shopify.ts'],
  external: ['idb-keyval', 'web-vitals'],
  output: { dir: 'dist', format: 'es', preserveModules: true, preserveModulesRoot: 'src' },
  plugins: [typescript({ noEmit: false, declaration: true, declarationDir: 'dist', outDir: 'dist' }), schema],
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
  /^(enrich|observe|calls|stops|memory|queue|known|copy|safe|watch|report|reject|tracker|leave|left|back|madeUp|emit|record|settle|suspect|renew|late|opening|seen|encode|lock|loopOn|goal|merges|ends|leaves|insert|past|views|look|isUntitled|conditions|names|dormantMs|post|own|save|step|written|restore|isOnce|journal|bounds|revive|drop|onLost|onOverwritten|settled|outcome|waitMs|action|isOwn|retryAfter|isOffline|blockedBy|pack|isHidden|me|room|isMine|worth|lanes|slot|wants|mine|undone|readers|tail)$/;

/** What internal names have become: the two files of the script tag hand parts to each other. */
const scriptNames = {};

/** Makes a file of the script tag small. The compressor's switches are those that made the smallest file by brotli. */
const minified = (module, nameCache = scriptNames) => [
  withoutWords,
  resolve(),
  typescript({ noEmit: false, sourceMap: true, outDir: 'dist' }),
  terser({
    ecma: 2020,
    module,
    toplevel: true,
    compress: { passes: 8, inline: 1, hoist_funs: true, arrows: false, unsafe_arrows: true, negate_iife: false },
    mangle: { properties: { regex: INTERNAL } },
    nameCache,
  }),
];

/** Of the second file, for its address in the first. */
let version = '';
const readVersion = {
  name: 'read-version',
  generateBundle: (_, files) => (version = createHash('sha256').update(files['waymark.more.min.js'].code).digest('hex').slice(0, 8)),
};
const writeVersion = { name: 'write-version', transform: (code, id) => (id.endsWith('src/script.ts') ? code.replace('VERSION', version) : null) };

/** The library listens for ever: in the script, by a function that remembers it, so that `stop` leaves nothing behind. */
const undoable = {
  name: 'undoable',
  transform: (code, id) => (/web-vitals\.js$/.test(id) && /node_modules/.test(id) ? `import { addEventListener } from '${process.cwd()}/src/browser/foreign-listeners.ts';${code}` : null),
};

/** The second file of the script tag: what may come a moment later. */
const more = {
  input: 'src/more.ts',
  output: { file: 'dist/waymark.more.min.js', format: 'es', sourcemap: true },
  plugins: [undoable, minified(true), readVersion],
};

/** The file of the script tag. */
const script = {
  input: 'src/script.ts',
  output: { file: 'dist/waymark.min.js', format: 'iife', sourcemap: true },
  plugins: [writeVersion, minified(false)],
};

/** The file of a Shopify custom pixel: a module with all that it needs. */
const pixel = {
  input: 'src/adapters/shopify-pixel.ts',
  output: { file: 'dist/waymark.shopify.min.js', format: 'es', sourcemap: true },
  plugins: minified(true, {}),
};

export default [modules, more, script, pixel];
