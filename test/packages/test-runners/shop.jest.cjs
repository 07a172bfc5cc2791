const { createTracker } = require('waymark');

test('the shop is visited', () => require('./visit.cjs')(createTracker));
