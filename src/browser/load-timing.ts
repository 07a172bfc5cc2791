/** Returns how the document was loaded, and by which address; undefined where the environment does not tell, as where tests run. */
export const loadTiming = (): (PerformanceNavigationTiming & { activationStart?: number }) | undefined =>
  performance.getEntriesByType?.('navigation')[0] as PerformanceNavigationTiming | undefined;
