import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { watch } from 'rollup';
import { loadConfigFile } from 'rollup/loadConfigFile';

/**
 * `npm run dev`: builds Waymark, opens the demo, and from then on builds again what changes under `src`. The shop serves files from
 * the disk, so a reload of the page has the new ones. Changes of the demo's own code restart it. Takes the options of `demo.mjs`.
 */
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
// As the build does: the tables of networks are made of a file of facts.
execFileSync(process.execPath, ['src/arrival/compact-networks.mjs']);

const { options, warnings } = await loadConfigFile('rollup.config.mjs', { silent: true });
warnings.flush();
let demo;
let begun = 0;
let hasFailed = false;

function openDemo() {
  // Node restarts it where a module that it has loaded changes.
  const args = ['--watch', '--watch-preserve-output', 'examples/demo.mjs', ...process.argv.slice(2)];
  demo = spawn(process.execPath, args, { stdio: 'inherit' });
  demo.on('exit', (code) => process.exit(code ?? 0));
}

const watcher = watch(options);
watcher.on('event', (event) => {
  if (event.code === 'START') [begun, hasFailed] = [Date.now(), false];
  if (event.code === 'BUNDLE_END') void event.result.close();
  if (event.code === 'ERROR') {
    hasFailed = true;
    void event.result?.close();
    console.error(
      `  ${event.error.message}${event.error.loc ? ` (${event.error.loc.file}:${event.error.loc.line})` : ''}`,
    );
  }
  if (event.code !== 'END' || hasFailed) return;
  console.log(`  Built in ${((Date.now() - begun) / 1000).toFixed(1)} s.`);
  if (!demo) openDemo();
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    void watcher.close();
    // A Ctrl-C in a terminal reaches the demo by itself.
    if (!demo) process.exit();
    if (signal === 'SIGTERM') demo.kill(signal);
  });
}
