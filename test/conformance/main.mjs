// The command `npm run conformance`. Vite, which is there for the tests, reads the TypeScript.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const { module } = await runnerImport(fileURLToPath(new URL('./command.ts', import.meta.url)), { configFile: false, logLevel: 'error' });
process.exit(await module.command(process.argv.slice(2)));
