import { expect, test } from 'vitest';
import { useLivePage } from './live-page.js';
import { seedDelivery } from './seed-delivery.js';

/** Least contrast of text. Source: WCAG 2.2, 1.4.3. */
const LEAST = 4.5;

/** Runs in the page: the texts that are too pale on their ground, with their contrast. */
function findPaleTexts(least: number) {
  const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true })!;
  const rgba = (color: string) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data] as [number, number, number, number];
  };
  // Relative luminance as WCAG defines it.
  const luminance = (color: string) => {
    const [red, green, blue] = rgba(color).map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element: Element | null): string => {
    if (!element) return 'white';
    const { backgroundColor } = getComputedStyle(element);
    return rgba(backgroundColor)[3] > 128 ? backgroundColor : groundOf(element.parentElement);
  };
  const pale: string[] = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, (text) =>
    (text.textContent!.trim() && text.parentElement!.checkVisibility() ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT));
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement!;
    const { color, fill } = getComputedStyle(element);
    const [low, high] = [luminance(element instanceof SVGElement ? fill : color), luminance(groundOf(element))].sort((a, b) => a - b) as [number, number];
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < least) pale.push(`${contrast.toFixed(2)} ${texts.currentNode.textContent}`);
  }
  return { pale, ground: luminance(groundOf(document.body)) };
}

for (const colorScheme of ['light', 'dark'] as const) {
  const { openSeededPage } = useLivePage({ colorScheme, reducedMotion: 'reduce' });
  test(`every text can be read in a ${colorScheme} page`, async () => {
    const { page } = await openSeededPage(seedDelivery);
    const { pale, ground } = await page.evaluate(findPaleTexts, LEAST);
    expect(pale).toEqual([]);
    expect(ground > 0.5).toBe(colorScheme === 'light');
  });
}
