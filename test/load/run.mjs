import { parseArgs } from 'node:util';
import { measureLoad } from './load.mjs';

const USAGE = `Usage: npm run load -- [options]

Sends batches to an example collector of its own as fast as it takes them, on this machine.

  --connections LIST  senders at a time, one measurement each, default 8,64,200,400
  --seconds NUMBER    how long each takes, default 10
  --events NUMBER     events of a batch, default 10
  --store ADDRESS     an engine that has every event before a batch is acknowledged, default: none
  --help`;

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '8,64,200,400' }, seconds: { type: 'string', default: '10' }, events: { type: 'string', default: '10' },
    store: { type: 'string' }, help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(USAGE);
else {
  for (const connections of values.connections.split(',').map(Number)) {
    console.log(JSON.stringify(await measureLoad({ connections, seconds: Number(values.seconds), eventsPerBatch: Number(values.events), store: values.store })));
  }
}
