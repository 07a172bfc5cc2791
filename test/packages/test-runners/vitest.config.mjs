// The run itself has a limit: how fast the machine is, a test of it need not know.
export default { test: { include: ['*.vitest.js'], testTimeout: 0 } };
