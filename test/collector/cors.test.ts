import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, test } from 'vitest';
import { aBatch, startTestCollector } from './helpers.js';

const cors = (headers: Headers) => Object.fromEntries(
  [...headers].filter(([name]) => name.startsWith('access-control-')).map(([name, value]) => [name.slice('access-control-'.length), value]));

describe('other origins', () => {
  test.each(['https://shop.example', 'null'])('lets %s post and read the answer, without credentials', async (origin) => {
    const collector = await startTestCollector();
    const answer = await collector.post(aBatch(), { headers: { 'Content-Type': 'text/plain', Origin: origin } });
    expect(answer.status).toBe(200);
    expect(cors(answer.headers)).toEqual({ 'allow-origin': origin, 'expose-headers': 'Retry-After, Date' });
    expect(answer.headers.get('Vary')).toBe('Origin');
    expect(Date.parse(answer.headers.get('Date')!)).toBeGreaterThan(0);
  });

  test.each([
    ['a bad batch', '/events', 'POST', 400],
    ['a wrong path', '/evnts', 'POST', 404],
    ['a wrong method', '/events', 'PUT', 405],
  ])('lets them read the error of %s', async (_, path, method, status) => {
    const collector = await startTestCollector();
    const headers = { 'Content-Type': 'text/plain', Origin: 'null' };
    const response = await fetch(collector.url + path, { method, headers, body: '{}' });
    expect(response.status).toBe(status);
    expect(cors(response.headers)).toMatchObject({ 'allow-origin': 'null' });
  });

  test('lets them read that a body is too large', async () => {
    const collector = await startTestCollector({ bodyLimit: 10 });
    const answer = await collector.post(aBatch(), { headers: { 'Content-Type': 'text/plain', Origin: 'null' } });
    expect(answer.status).toBe(413);
    expect(cors(answer.headers)).toMatchObject({ 'allow-origin': 'null' });
  });

  test('lets them read when to come again, where nothing can be stored', async () => {
    const collector = await startTestCollector();
    const other = new DatabaseSync(collector.data);
    other.exec('BEGIN IMMEDIATE');
    const answer = await collector.post(aBatch(), { headers: { 'Content-Type': 'text/plain', Origin: 'null' } });
    other.close();
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '5']);
    expect(cors(answer.headers)).toEqual({ 'allow-origin': 'null', 'expose-headers': 'Retry-After, Date' });
  });

  test('answers a preflight with 204, what is allowed, and for how long', async () => {
    const collector = await startTestCollector();
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
  });
});
