import { parseArgs } from 'node:util';
import { openEngine, SCHEMES } from './engines.mjs';
import { readNats } from './engine-nats.mjs';

const USAGE = `Usage: node move.mjs --from nats://HOST:PORT/STREAM --to ADDRESS [options]

Moves what collectors put into a stream of NATS JetStream to where it is asked about, for ever.

  --from ADDRESS   the stream, as the collectors' --store names it
  --to ADDRESS     begins with ${SCHEMES.join(', ')}
  --reader NAME    where it goes on after a restart; readers of one name share the work; default: move
  --help`;

async function main() {
  const { values: { from, to, reader, help } } = parseArgs({
    options: { from: { type: 'string' }, to: { type: 'string' }, reader: { type: 'string', default: 'move' }, help: { type: 'boolean', default: false } },
  });
  if (help) return console.log(USAGE);
  if (!from?.startsWith('nats://')) throw new TypeError('--from takes nats://HOST:PORT/STREAM');
  const engine = openEngine(to ?? '');
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => ending.abort());
  await readNats(from, reader, engine.append, { signal: ending.signal, log: console.error });
  await engine.close();
}

main().then(() => process.exit(), (error) => {
  console.error(`${error.message}\n\n${USAGE}`);
  process.exit(1);
});
