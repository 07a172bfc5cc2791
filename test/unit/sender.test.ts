import { expect, test } from 'vitest';
import type { Lane } from '../../src/delivery/queue.js';
import type { Row } from '../../src/delivery/row.js';
import { createSender } from '../../src/delivery/sender.js';
import { NO_TURN, type Turn } from '../../src/delivery/turn.js';
import { waymarkFormat } from '../../src/formats/waymark.js';

test('sends what is added while it takes its last look at the queue', async () => {
  let rows: Row[] = [];
  const looks: (() => void)[] = [];
  const queue = {
    turn: () => NO_TURN,
    // A look shows what there was when it began, and takes its time.
    step: (ids: readonly string[], _limit: number, decide: (turn: Turn) => unknown) => {
      decide(NO_TURN);
      rows = rows.filter(({ id }) => !ids.includes(id));
      const seen = [...rows];
      return new Promise<Row[]>((resolve) => looks.push(() => resolve(seen)));
    },
    count: async () => 1,
    durable: () => true,
    own: () => rows,
  } as unknown as Lane;
  const bodies: string[] = [];
  const sender = createSender({
    queue, format: waymarkFormat, batchEvents: 50, batchWaitMs: 0, me: () => 'tab', isHidden: () => false, maySend: () => true, dropped: () => ({}), drop() {}, pack: () => undefined, delivered() {}, report() {},
    post: Object.assign(async (body: string | ArrayBuffer) => (bodies.push(`${body}`), { status: 204, isOwn: true, body: '' }), { room: () => 60_000 }),
    lock: (work) => work(true),
    page: { since: 0, mark: '', changedAt: NaN },
  });
  const add = (id: string) => {
    const row = { id, context: '{}', event: `{"id":"${id}"}` };
    rows.push(row);
    sender.add(row);
  };
  const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

  add('1');
  await turn();
  looks.shift()!();
  await turn();
  // The last look has begun, and will find nothing.
  add('2');
  await turn();
  looks.shift()!();
  await turn();
  looks.shift()?.();
  await turn();
  looks.shift()?.();
  await turn();
  expect(bodies.map((body) => (JSON.parse(body) as { events: { id: string }[] }).events.map(({ id }) => id))).toEqual([['1'], ['2']]);
});
