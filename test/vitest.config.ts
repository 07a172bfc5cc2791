import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: '.',
    include: ['test/**/*.test.ts'],
    // Browsers and servers share two cores: three files at a time, which mostly wait, and time limits that a busy machine keeps.
    maxWorkers: 3,
    // To read Playwright and the rest anew for each file takes a quarter of all time. Files put back what they stub.
    isolate: false,
    // They end what hangs: three browsers after each other, on a machine that others use, too, take minutes.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
