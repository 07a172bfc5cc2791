/** Whether an address is on a developer's own machine: `localhost` and what ends so, loopback addresses (W3C, Secure Contexts), or a file. */
export const isLocal = (address = ''): boolean => /^(file|\w+:\/\/(([^/]*\.)?localhost|127\.[\d.]+|0\.0\.0\.0|\[::1])(:\d+)?(\/|$))/i.test(address);
