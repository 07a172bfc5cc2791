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
  input: ['src/index.ts', 'src/core.ts', 'src/capture/index.ts', 'src/journey/index.ts', 'src/formats/index.ts'],
  external: ['idb-keyval'],
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
  /^(enrich|observe|calls|stops|memory|queue|known|copy|safe|watch|report|reject|tracker|leave|left|madeUp|emit|record|settle|suspect|renew|late|opening|seen|encode|lock|loopOn|goal|merges|conditions|names|dormantMs|post|take|own|save)$/;

/** The one file of the script tag, everything in it. The compressor's switches are those that made the smallest file by brotli. */
const script = {
  input: 'src/script.ts',
  output: { file: 'dist/waymark.min.js', format: 'iife', sourcemap: true },
  plugins: [
    withoutWords,
    resolve(),
    typescript({ noEmit: false, sourceMap: true, outDir: 'dist' }),
    terser({
      ecma: 2020,
      toplevel: true,
      compress: { passes: 8, inline: 1, hoist_funs: true, arrows: false, unsafe_arrows: true, negate_iife: false },
      mangle: { properties: { regex: INTERNAL } },
    }),
  ],
};

export default [modules, script];
