import { expect, test } from 'vitest';
import { nearest } from '../../src/util/nearest.js';

const OPTIONS = ['collector', 'key', 'batchEvents', 'batchBytes', 'batchWaitMs', 'currency', 'pageViews', 'landings', 'clicks', 'debug', 'doNotTrack'];

test.each([
  ['colector', 'collector'],
  ['collecter', 'collector'],
  ['curency', 'currency'],
  ['pageviews', 'pageViews'],
  ['batchEvent', 'batchEvents'],
  ['batchByte', 'batchBytes'],
  ['debugg', 'debug'],
  ['collector', 'collector'],
  ['batchwaitms', 'batchWaitMs'],
  ['page-views', 'pageViews'],
  ['cilcks', 'clicks'],
  ['dbeug', 'debug'],
])('takes %s for a slip of the pen: %s', (typo, name) => {
  expect(nearest(typo, [...OPTIONS])).toBe(name);
});

test.each(['', 'x', 'theme', 'zzz', 'cookieDomain', 'turboTrack', '🙂', 'constructor', 'toString', '__proto__', 'valueOf', 'hasOwnProperty'])('makes no guess at "%s", which is like nothing', (typo) => {
  expect(nearest(typo, [...OPTIONS])).toBeUndefined();
});
