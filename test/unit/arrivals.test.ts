import { expect, test } from 'vitest';
import { ARRIVALS } from '../../examples/storefront/arrivals.mjs';
import { classifyLanding } from '../../src/capture/classify.js';

/** What the live page shows of each link of the example's arrivals page. */
const EXPECTED: Record<string, string> = {
  'instagram-post': 'organic_social instagram', facebook: 'organic_social facebook', pinterest: 'organic_social pinterest',
  youtube: 'organic_social youtube', reddit: 'organic_social reddit', 'instagram-ad': 'paid_social instagram',
  'tiktok-creator': 'influencer tiktok', 'google-ad': 'paid_search google', whatsapp: 'messaging whatsapp', newsletter: 'email null',
  chatgpt: 'ai_assistant chatgpt', friend: 'shared_link null', direct: 'direct null',
};

test.each(ARRIVALS.flatMap(({ ways }) => ways))('the arrivals page tells the truth about $from', ({ id, href }) => {
  const { channel, network } = classifyLanding({ url: `http://127.0.0.1:4300${href}` });
  expect(`${channel} ${network}`).toBe(EXPECTED[id]);
});
