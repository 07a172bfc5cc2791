import { defineConfig } from 'vite';

/** The example collector, as an address of the shop's own: a first-party path needs no CORS. */
const proxy = { '/events': 'http://127.0.0.1:4318' };

export default defineConfig({
  server: { host: '127.0.0.1', proxy },
  preview: { host: '127.0.0.1', proxy },
});
