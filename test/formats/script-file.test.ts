import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatByName, formatsByName } from '../../src/formats/by-name.js';
import type { Format } from '../../src/formats/index.js';
import { ONCE } from '../../src/formats/once.js';
import { BATCH, wholeVisit } from './sample.js';

/** The file that the script tag loads for a format: some names that its parts have for each other are shortened in it, those on the wire must not be. */
const { formatByName: shortened } = (await import(`data:text/javascript,${encodeURIComponent(readFileSync('dist/waymark.formats.min.js', 'utf8'))}`)) as { formatByName: typeof formatByName };

const OPTIONS: Record<string, object> = {
  posthog: { apiKey: 'phc_1' },
  umami: { website: '3f2b8c1d-1a2b-4c3d-9e8f-0a1b2c3d4e5f', tag: 'b' },
  plausible: { domain: 'shop.example' },
};

describe.each(Object.keys(formatsByName))('%s of the script tag', (name) => {
  const source = formatByName(name, OPTIONS[name]);
  const built = shortened(name, OPTIONS[name]) as unknown as Record<string, unknown>;
  const names = Object.keys(source) as (keyof Format)[];
  /** What the file calls what the source calls by this name. */
  const inFile = <Name extends keyof Format>(name: Name) => built[Object.keys(built)[names.indexOf(name)]!] as Format[Name];

  test('says of itself what the source does', () => {
    for (const each of names) {
      if (typeof source[each] === 'function') expect(typeof inFile(each)).toBe('function');
      else expect(inFile(each)).toEqual(source[each]);
    }
  });

  test('is known to be one whose collector knows events again, or not, before its code is there', () => {
    expect(ONCE.test(name)).toBe(source.idempotent === false);
  });

  test('writes a whole visit as the source does', () => {
    const rows = wholeVisit();
    expect(inFile('encode')(rows, BATCH)).toBe(source.encode(rows, BATCH));
  });

  test('reads answers as the source does', () => {
    for (const body of ['', '{"refused":[{"id":"a","reason":"b"}],"retry":["c"],"arrived":["d"]}', '{"quota_limited":["events"]}', '{"size":1,"processed":1,"errors":1,"details":[{"index":0,"response":"no"}]}']) {
      const answer = { status: 200, isOwn: true, body, header: () => '1' };
      expect(inFile('read')(answer, ['a', 'c'])).toEqual(source.read(answer, ['a', 'c']));
    }
  });
});

test('names what it does not know, and what it takes', () => {
  expect(() => shortened('snowplough')).toThrow('takes waymark, ndjson,');
  expect(() => shortened('posthog')).toThrow('"apiKey"');
});
