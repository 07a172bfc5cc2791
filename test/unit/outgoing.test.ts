import { describe, expect, test } from 'vitest';
import { profileNetwork } from '../../src/capture/outgoing.js';

const networkOf = (address: string) => profileNetwork(new URL(address));

describe('is a profile', () => {
  test.each([
    ['https://www.instagram.com/pairandaspare/', 'instagram'],
    ['https://instagram.com/pair.and_a.spare?igsh=abc#top', 'instagram'],
    ['https://www.facebook.com/PairAndASpare', 'facebook'],
    ['https://de-de.facebook.com/pair.spare/', 'facebook'],
    ['https://m.facebook.com/profile.php?id=1000', 'facebook'],
    ['https://www.facebook.com/pages/Pair-Spare/12345', 'facebook'],
    ['https://www.facebook.com/people/Pair-Spare/12345/', 'facebook'],
    ['https://www.facebook.com/groups/darners', 'facebook'],
    ['https://fb.com/pair', 'facebook'],
    ['https://www.facebook.com/Caf%C3%A9-Paar', 'facebook'],
    ['https://www.tiktok.com/@pair.spare?lang=de', 'tiktok'],
    ['https://x.com/pair', 'x'],
    ['https://twitter.com/pair', 'x'],
    ['https://mobile.twitter.com/pair/', 'x'],
    ['https://www.youtube.com/@pair', 'youtube'],
    ['https://www.youtube.com/@pair/videos', 'youtube'],
    ['https://youtube.com/channel/UCabc-123', 'youtube'],
    ['https://www.youtube.com/c/Pair', 'youtube'],
    ['https://www.pinterest.com/pair/', 'pinterest'],
    ['https://www.pinterest.co.uk/pair/socks/', 'pinterest'],
    ['https://pinterest.de/pair', 'pinterest'],
    ['https://www.pinterest.com.au/pair', 'pinterest'],
    ['https://www.linkedin.com/company/pair-spare/', 'linkedin'],
    ['https://uk.linkedin.com/in/ilse', 'linkedin'],
    ['https://www.threads.net/@pair', 'threads'],
    ['https://www.threads.com/@pair', 'threads'],
    ['https://www.snapchat.com/add/pair', 'snapchat'],
    ['https://www.reddit.com/r/darning/', 'reddit'],
    ['https://old.reddit.com/user/pair', 'reddit'],
    ['https://whatsapp.com/channel/0029Va', 'whatsapp'],
    ['https://t.me/pair', 'telegram'],
    ['https://t.me/s/pair', 'telegram'],
    ['https://t.me/+AbCdEf', 'telegram'],
    ['https://discord.gg/pair', 'discord'],
    ['https://discord.com/invite/pair', 'discord'],
    ['https://bsky.app/profile/pair.example', 'bluesky'],
    ['HTTPS://WWW.INSTAGRAM.COM/Pair', 'instagram'],
    // A name may begin like a word that is none.
    ['https://instagram.com/parrot', 'instagram'],
    ['https://x.com/homeware', 'x'],
    ['https://facebook.com/sharerware', 'facebook'],
  ])('%s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('is no profile', () => {
  test.each([
    'https://www.instagram.com/', 'https://www.instagram.com/p/C1a2b3/', 'https://www.instagram.com/reel/C1a2b3/', 'https://www.instagram.com/explore/', 'https://www.instagram.com/pair/p/C1/',
    'https://help.instagram.com/1234', 'https://l.instagram.com/?u=https://shop.example',
    'https://www.facebook.com', 'https://www.facebook.com/sharer/sharer.php?u=x', 'https://www.facebook.com/sharer.php?u=x', 'https://www.facebook.com/share.php?u=x', 'https://www.facebook.com/dialog/share?app_id=1',
    'https://www.facebook.com/pair/posts/123', 'https://www.facebook.com/watch/?v=1', 'https://www.facebook.com/photo.php?fbid=1', 'https://developers.facebook.com/docs', 'https://business.facebook.com/pair',
    'https://x.com/intent/post?text=x', 'https://twitter.com/share?url=x', 'https://twitter.com/intent/tweet', 'https://x.com/pair/status/123', 'https://x.com/search?q=socks', 'https://x.com/hashtag/socks', 'https://help.x.com/en',
    'https://www.youtube.com/watch?v=1', 'https://youtu.be/1', 'https://www.youtube.com/shorts/abc', 'https://www.youtube.com/playlist?list=1', 'https://www.youtube.com/embed/abc',
    'https://www.pinterest.com/pin/create/button/?url=x', 'https://www.pinterest.com/pin/1234/', 'https://www.pinterest.com/search/pins/?q=x', 'https://pinterest.com.evil.example/pair',
    'https://www.linkedin.com/sharing/share-offsite/?url=x', 'https://www.linkedin.com/shareArticle?url=x', 'https://www.linkedin.com/feed/', 'https://www.tiktok.com/@pair/video/123', 'https://www.tiktok.com/share', 'https://vm.tiktok.com/ZMabc',
    'https://www.threads.net/intent/post', 'https://www.threads.net/@pair/post/1', 'https://www.reddit.com/submit?url=x', 'https://www.reddit.com/r/darning/comments/1/title/',
    'https://wa.me/4912345', 'https://api.whatsapp.com/send?text=x', 'https://t.me/share/url?url=x', 'https://t.me/pair/12', 'https://bsky.app/profile/pair.example/post/1', 'https://bsky.app/intent/compose',
    'https://notinstagram.com/pair', 'https://instagram.com.evil.example/pair', 'https://shop.example/instagram.com/pair', 'https://x.company/pair', 'https://netflix.com/pair', 'https://instagram.evil/com/pair',
  ])('%s', (address) => {
    expect(networkOf(address)).toBeUndefined();
  });
});
