const { TestEnvironment } = require('jest-environment-jsdom');

/** Jest's DOM with Node's fetch put in place, as many shops have it. */
module.exports = class extends TestEnvironment {
  constructor(...args) {
    super(...args);
    this.global.fetch = fetch;
  }
};
