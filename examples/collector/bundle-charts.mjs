import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The libraries that draw, by the name that the page asks for: the Sankey diagram's layout, and lines and bars over time. */
export const CHARTS = { 'd3-sankey': 'd3-sankey', uplot: 'uplot' };

const bundles = new Map();

/**
 * A library as one minified module that a browser can load. Made once, when it is first asked for.
 *
 * @param {keyof typeof CHARTS} name
 * @returns {Promise<string>} rejects where the library or the bundler is not installed
 */
export function bundleChart(name) {
  if (!bundles.has(name)) bundles.set(name, build(CHARTS[name]));
  return bundles.get(name);
}

/** The style sheet of uPlot. Throws where it is not installed. */
export const chartStyle = () => readFileSync(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css')), 'utf8');

async function build(input) {
  // Loaded only now: a collector whose live page nobody opens starts without a bundler.
  const [{ rollup }, { default: resolve }, { default: terser }] =
    await Promise.all([import('rollup'), import('@rollup/plugin-node-resolve'), import('@rollup/plugin-terser')]);
  const built = await rollup({ input, plugins: [resolve({ rootDir: fileURLToPath(new URL('.', import.meta.url)) }), terser({ module: true })] });
  const { output: [{ code }] } = await built.generate({ format: 'es' });
  await built.close();
  return code;
}
