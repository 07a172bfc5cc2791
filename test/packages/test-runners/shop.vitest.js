import { test } from 'vitest';
import { createTracker } from 'waymark';
import visit from './visit.cjs';

test('the shop is visited', () => visit(createTracker));
