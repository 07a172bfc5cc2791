import { request } from 'node:http';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, test } from 'vitest';
import { createOriginRule } from '../../examples/collector/origins.mjs';
import { aBatch, startTestCollector } from './helpers.js';

const cors = (headers: Headers) => Object.fromEntries(
  [...headers].filter(([name]) => name.startsWith('access-control-')).map(([name, value]) => [name.slice('access-control-'.length), value]));

const SHOP = 'https://shop.example';
const from = (Origin: string) => ({ headers: { 'Content-Type': 'text/plain', Origin } });

describe('other origins', () => {
  test.each<[string, { origins?: string[]; nullOrigin?: boolean }, string, boolean]>([
    ['a named shop', { origins: ['https://www.shop.example', SHOP] }, SHOP, true],
    ['every shop, where all may', { origins: ['*'] }, SHOP, true],
    ['a sandboxed frame, where those may', { nullOrigin: true }, 'null', true],
    ['a shop on this machine, where none is named', {}, 'http://localhost:4300', true],
    ['a shop at an address of this machine', {}, 'http://127.0.0.1:8080', true],
    ['a shop at the other address of this machine', {}, 'http://[::1]:8080', true],
    ['a shop, where none is named', {}, SHOP, false],
    ['a host that only ends like this machine', {}, 'https://evillocalhost', false],
    ['a host that only looks like this machine', {}, 'https://localhost.shop.example', false],
    ['a host that only begins like this machine', {}, 'https://127.0.0.1.shop.example', false],
    ['a shop that is not named', { origins: [SHOP] }, 'https://evil.example', false],
    ['the shop without encryption', { origins: [SHOP] }, 'http://shop.example', false],
    ['another port of the shop', { origins: [SHOP] }, `${SHOP}:8443`, false],
    ['a host below the shop', { origins: [SHOP] }, 'https://evil.shop.example', false],
    ['this machine, where a shop is named', { origins: [SHOP] }, 'http://localhost:4300', false],
    ['a sandboxed frame', { origins: [SHOP] }, 'null', false],
    ['a sandboxed frame, where all shops may', { origins: ['*'] }, 'null', false],
    ['what is no origin', { origins: ['*'] }, 'file://', false],
    ['an address with a path', { origins: ['*'] }, `${SHOP}/`, false],
  ])('%s may post: %o from %s, %s', (_, rule, origin, may) => {
    expect(createOriginRule(rule)(origin)).toBe(may);
  });

  test('that are named post and read the answer, without credentials', async () => {
    const collector = await startTestCollector({ origins: [SHOP] });
    const answer = await collector.post(aBatch(), from(SHOP));
    expect(answer.status).toBe(200);
    expect(cors(answer.headers)).toEqual({ 'allow-origin': SHOP, 'expose-headers': 'Retry-After, Date' });
    expect(answer.headers.get('Vary')).toBe('Origin');
    expect(Date.parse(answer.headers.get('Date')!)).toBeGreaterThan(0);
  });

  test.each(['https://evil.example', 'null', `https://${'a'.repeat(3000)}.example`])('that are not named are turned away, and nothing is stored: %s', async (origin) => {
    const collector = await startTestCollector({ origins: [SHOP] });
    const answer = await collector.post(aBatch(), from(origin));
    expect(answer).toMatchObject({ status: 403, body: { error: expect.stringMatching(/^pages of .{1,110} may not post here/) } });
    expect(cors(answer.headers)).toEqual({});
    const preflight = await fetch(collector.endpoint, { method: 'OPTIONS', headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' } });
    expect([preflight.status, cors(preflight.headers)]).toEqual([403, {}]);
    expect(await collector.events()).toEqual([]);
    expect((await collector.snapshot()).delivery.rejected).toMatchObject({ count: 2, latest: { status: 403 } });
  });

  test.each(['shop.example', 'https://shop.example/', 'https://Shop.example', 'ftp://shop.example', ''])('are not named by %j', async (origin) => {
    await expect(startTestCollector({ origins: ['https://ok.example', origin] })).rejects.toThrow(`--origins takes origins such as https://shop.example, without a path, or *; got ${origin}`);
  });

  test.each([
    ['a bad batch', '/events', 'POST', 400],
    ['a wrong path', '/evnts', 'POST', 404],
    ['a wrong method', '/events', 'PUT', 405],
  ])('lets them read the error of %s', async (_, path, method, status) => {
    const collector = await startTestCollector({ nullOrigin: true });
    const headers = { 'Content-Type': 'text/plain', Origin: 'null' };
    const response = await fetch(collector.url + path, { method, headers, body: '{}' });
    expect(response.status).toBe(status);
    expect(cors(response.headers)).toMatchObject({ 'allow-origin': 'null' });
  });

  test('lets them read that a body is too large', async () => {
    const collector = await startTestCollector({ bodyLimit: 10, nullOrigin: true });
    const answer = await collector.post(aBatch(), { headers: { 'Content-Type': 'text/plain', Origin: 'null' } });
    expect(answer.status).toBe(413);
    expect(cors(answer.headers)).toMatchObject({ 'allow-origin': 'null' });
  });

  test('lets them read when to come again, where nothing can be stored', async () => {
    const collector = await startTestCollector({ nullOrigin: true });
    const other = new DatabaseSync(collector.data);
    other.exec('BEGIN IMMEDIATE');
    const answer = await collector.post(aBatch(), { headers: { 'Content-Type': 'text/plain', Origin: 'null' } });
    other.close();
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '5']);
    expect(cors(answer.headers)).toEqual({ 'allow-origin': 'null', 'expose-headers': 'Retry-After, Date' });
  });

  test('answers a preflight with 204, what is allowed, and for how long', async () => {
    const collector = await startTestCollector({ origins: ['https://shop.example'] });
    const headers = { Origin: 'https://shop.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type,x-shop' };
    const response = await fetch(collector.endpoint, { method: 'OPTIONS', headers });
    expect(response.status).toBe(204);
    expect(cors(response.headers)).toEqual({
      'allow-origin': 'https://shop.example', 'expose-headers': 'Retry-After, Date', 'allow-methods': 'POST',
      'allow-headers': 'content-type,x-shop', 'max-age': '86400',
    });
  });

  test.each(['/events', '/live', '/live/snapshot'])('keeps %s for pages of the collector itself', async (path) => {
    const collector = await startTestCollector();
    const response = await fetch(collector.url + path, { headers: { Origin: 'https://curious.example' } });
    expect(response.status).toBe(200);
    expect(cors(response.headers)).toEqual({});
    expect(response.headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
  });

  // A page may make its own name lead to this machine; then the browser takes the collector for that page's own server.
  test('read nothing by a name of their own that leads here', async () => {
    const collector = await startTestCollector();
    const statusAs = (host: string) => new Promise((resolve, reject) => {
      request(`${collector.url}/events`, { headers: { Host: host } }, (response) => resolve(response.resume().statusCode)).on('error', reject).end();
    });
    expect(await statusAs('evil.example')).toBe(421);
    expect(await statusAs('evil.example:4318')).toBe(421);
    expect(await statusAs('localhost:4318')).toBe(200);
    expect(await statusAs('[::1]:4318')).toBe(200);
  });
});
