import type { Adapter } from '../adapter.js';

/** The plainest tracker there is: one beacon an event, at once, and nothing else. What the others are measured by. */
export default {
  name: 'beacon',
  head: (collector) => `<script>
let count = 0;
window.track = (name, properties) => navigator.sendBeacon('${collector}', JSON.stringify({ id: Math.random() + '-' + ++count, name, properties }));
</script>`,
  track: (name, properties) => `track('${name}', ${properties})`,
  ready: '!!window.track',
  parse({ body }) {
    const { id, name, properties } = JSON.parse(String(body)) as { id: string; name: string; properties: { n?: number } };
    return [{ id, name, n: properties.n }];
  },
  keeps: false,
} satisfies Adapter as Adapter;
