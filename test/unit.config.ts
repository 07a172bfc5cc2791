import { defineConfig } from 'vitest/config';

/** All that needs no browser: `npm run test:unit`, to be run while one works. What needs the built files has them built first, where they are old. */
export default defineConfig({
  test: {
    root: '.',
    include: ['test/unit/**/*.test.ts', 'test/formats/**/*.test.ts', 'test/size.test.ts'],
    exclude: ['test/formats/vendors.test.ts'],
    globalSetup: 'test/helpers/build-once.ts',
    isolate: false,
    // A third of what `npm test` plays: the search through the delivery's states takes longer than all others together.
    env: { DELIVERY_MODEL_RUNS: '100' },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
