/** Which way imports point: see src/README.md. */
const features = '^src/(sources|arrival|commerce|journey|formats|adapters)/';
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'platform-knows-no-domain', severity: 'error', from: { path: '^src/(platform|util)/' }, to: { path: '^src/', pathNot: '^src/(platform|util|dom\\.ts)' } },
    { name: 'events-know-no-features', severity: 'error', from: { path: '^src/event/' }, to: { path: features, pathNot: '^src/journey/(journey|touchpoints|state|model)\\.ts' } },
    { name: 'delivery-knows-no-features', severity: 'error', from: { path: '^src/(delivery|outbox)/' }, to: { path: '^src/(sources|arrival|commerce|journey|adapters)/' } },
    { name: 'features-know-no-wiring', severity: 'error', from: { path: '^src/(sources|arrival|commerce|journey|formats|consent|privacy|visitor|outbox|delivery|event)/' }, to: { path: '^src/(tracker|parts|plugins|first|more|asked|script|index|core)\\.ts' } },
  ],
  options: { tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, doNotFollow: { path: 'node_modules' }, exclude: { path: '^dist' } },
};
