import { createGzip, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { aBatch, anEvent, startTestCollector } from './helpers.js';

const plain = { 'Content-Type': 'text/plain;charset=UTF-8' };
const pack = (body: unknown) => gzipSync(typeof body === 'string' ? body : JSON.stringify(body));

/** Gzip ends with a checksum and the length, four bytes each (RFC 1952, 2.3.1). */
const withChecksum = (checksum: number, packed: Buffer) => packed.fill(checksum, packed.length - 8, packed.length - 4);

/** What a browser's own compressor makes of a batch. */
async function packAsBrowsersDo(body: unknown) {
  const stream = new Blob([JSON.stringify(body)]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

describe('a gzipped batch', () => {
  test.each<[string, Record<string, string>]>([
    ['that no header speaks of', plain],
    ['that Content-Encoding names', { ...plain, 'Content-Encoding': 'gzip' }],
    ['that Content-Encoding names by its old name', { ...plain, 'Content-Encoding': 'X-GZIP' }],
    ['that Content-Encoding denies', { 'Content-Type': 'application/json', 'Content-Encoding': 'identity' }],
  ])('%s is stored', async (_, headers) => {
    const collector = await startTestCollector();
    const event = anEvent({ properties: { search_term: 'Drachen für draußen 🪁' } });
    const answer = await collector.post('', { headers, body: await packAsBrowsersDo(aBatch([event])) });
    expect(answer).toMatchObject({ status: 200, body: { accepted: 1, duplicates: 0, refused: [] } });
    expect(await collector.events()).toMatchObject([{ id: event.id, properties: event.properties }]);
  });

  test.each<[string, Record<string, string>, Uint8Array, string]>([
    ['cut short', plain, pack(aBatch()).subarray(0, 100), 'unexpected end of file'],
    ['with a wrong checksum', plain, withChecksum(0, pack(aBatch())), 'incorrect data check'],
    ['with nothing behind its first bytes', plain, Uint8Array.of(0x1f, 0x8b), 'unexpected end of file'],
    ['that is JSON, though Content-Encoding says otherwise', { ...plain, 'Content-Encoding': 'gzip' }, Buffer.from('{}'), 'incorrect header check'],
  ])('%s is answered with 400 and what is wrong', async (_, headers, body, problem) => {
    const collector = await startTestCollector();
    const answer = await collector.post('', { headers, body: body as Uint8Array<ArrayBuffer> });
    expect(answer).toMatchObject({ status: 400, body: { error: `the body must be whole gzip: ${problem}` } });
    expect((await collector.snapshot()).delivery.rejected).toMatchObject({ count: 1, latest: { status: 400 } });
  });

  test('that holds no JSON is answered as if it were not packed', async () => {
    const collector = await startTestCollector();
    expect((await collector.post('', { body: pack('{"schema":') })).body).toEqual((await collector.post('{"schema":')).body);
  });

  test('may be as large as a plain one once it is unpacked, and no larger', async () => {
    const batch = JSON.stringify(aBatch());
    const collector = await startTestCollector({ bodyLimit: batch.length });
    expect((await collector.post('', { body: pack(batch) })).status).toBe(200);
    const answer = await collector.post('', { body: pack(`${batch} `) });
    expect(answer).toMatchObject({ status: 413, body: { error: `the body must be at most ${batch.length} bytes, also once unpacked` } });
  });

  test('that would fill the memory is never unpacked', async () => {
    const collector = await startTestCollector();
    // 200 MB of blanks, in 200 kB.
    const bomb: Buffer[] = [];
    const gzip = createGzip({ level: 9 }).on('data', (chunk) => bomb.push(chunk));
    const megabyte = Buffer.alloc(1e6, ' ');
    for (let written = 0; written < 200; written += 1) if (!gzip.write(megabyte)) await new Promise((resolve) => gzip.once('drain', resolve));
    await new Promise((resolve) => gzip.on('end', resolve).end());
    const before = process.memoryUsage().rss;
    expect((await collector.post('', { body: Buffer.concat(bomb) })).status).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });
});
