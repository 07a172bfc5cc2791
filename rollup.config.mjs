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

/** The one file of the script tag, everything in it. */
const script = {
  input: 'src/script.ts',
  output: { file: 'dist/waymark.min.js', format: 'iife', sourcemap: true },
  plugins: [
    resolve(),
    typescript({ noEmit: false, sourceMap: true, outDir: 'dist' }),
    terser({ ecma: 2020, toplevel: true, compress: { passes: 3 } }),
  ],
};

export default [modules, script];
