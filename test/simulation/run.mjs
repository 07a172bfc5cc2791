// Prints what a collector sees that was down, and draws it for README.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { module } = await runnerImport(here('after-an-outage.ts'), { root: here('../..'), configFile: false, logLevel: 'error' });
writeFileSync(here('../../examples/screenshots/after-an-outage.svg'), module.runSimulation());
