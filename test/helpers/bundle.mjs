import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';

/**
 * Returns the minified module that a bundler makes of `code`, the package and its dependencies included.
 *
 * @param {string} code
 * @returns {Promise<string>}
 */
export async function bundle(code) {
  const entry = `${process.cwd()}/entry.js`;
  const build = await rollup({
    input: entry,
    onwarn() {},
    plugins: [
      { name: 'entry', resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? code : null) },
      resolve(),
      terser({ ecma: 2020, module: true, toplevel: true, compress: { passes: 3 } }),
    ],
  });
  const { output } = await build.generate({ format: 'es' });
  await build.close();
  return output[0].code.trim();
}
