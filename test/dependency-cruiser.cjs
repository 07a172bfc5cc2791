/** Which way imports point: see src/README.md. */
const features = '^src/(sources|arrival|commerce|journey|formats|adapters)/';
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'platform-knows-no-domain',
      severity: 'error',
      from: { path: '^src/(platform|util)/' },
      to: { path: '^src/', pathNot: '^src/(platform|util|dom\\.ts)' },
    },
    {
      name: 'events-know-no-features',
      severity: 'error',
      from: { path: '^src/event/' },
      to: { path: features, pathNot: '^src/journey/(journey|touchpoints|state|model)\\.ts' },
    },
    {
      name: 'delivery-knows-no-features',
      severity: 'error',
      from: { path: '^src/(delivery|outbox)/' },
      to: { path: '^src/(sources|arrival|commerce|journey|adapters)/' },
    },
    {
      name: 'features-know-no-wiring',
      severity: 'error',
      from: { path: '^src/(sources|arrival|commerce|journey|formats|consent|privacy|visitor|outbox|delivery|event)/' },
      to: {
        path: '^src/(by-need/|(tracker|tracker-parts|view|parts|plugins|first|coming-parts|script|index|core)\\.ts)',
      },
    },
    {
      // But for what is pure and small: the cart as it is remembered, names of items, and bots by their user agents.
      name: 'features-know-only-types-of-each-other',
      severity: 'error',
      from: { path: '^src/(sources|arrival|commerce|journey)/' },
      to: {
        path: '^src/(sources|arrival|commerce|journey)/',
        pathNot: '^src/($1/|commerce/(state|names|levels)\\.ts|sources/bots\\.ts)',
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist' },
  },
};
