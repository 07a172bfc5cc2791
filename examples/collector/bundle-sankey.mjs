import { fileURLToPath } from 'node:url';

let bundle;

/**
 * The library that lays out the Sankey diagram, as one module that a browser can load. Made once, when it is first asked for.
 *
 * @returns {Promise<string>} rejects where the library or the bundler is not installed
 */
export const bundleSankey = () => (bundle ??= build());

async function build() {
  // Loaded only now: a collector whose live page nobody opens starts without a bundler.
  const [{ rollup }, { default: resolve }] = await Promise.all([import('rollup'), import('@rollup/plugin-node-resolve')]);
  const built = await rollup({
    input: 'd3-sankey',
    plugins: [resolve({ rootDir: fileURLToPath(new URL('.', import.meta.url)) })],
  });
  const { output: [{ code }] } = await built.generate({ format: 'es' });
  await built.close();
  return code;
}
