import { runnerImport } from 'vite';

/** Runs a TypeScript file with what it imports: `node test/helpers/run.mjs FILE [arguments]`. Vite, which the tests have anyway, reads it. */
const file = /** @type {string} */ (process.argv[2]);
const { module } = await runnerImport(`${process.cwd()}/${file}`, { configFile: false, logLevel: 'error' });
await module.main(process.argv.slice(3));
process.exit();
