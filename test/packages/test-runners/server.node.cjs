const { test } = require('node:test');
const assert = require('node:assert');
const { createTracker } = require('waymark');

test('without a page, nothing is tracked', async () => {
  const tracker = createTracker({ collector: `${process.env.COLLECTOR}/${process.env.RUNNER}` });
  tracker.track('search', { search_term: 'kite' });
  assert.deepStrictEqual(Object.assign({}, await tracker.flush()).delivered, 0);
});
