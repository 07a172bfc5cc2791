import { utf8 } from './utf8.js';

/** Turns a word to the left. */
const rotate = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits));

/** Returns the SHA-1 of bytes (FIPS 180-4) as five words. */
function sha1(bytes: readonly number[]): number[] {
  const length = bytes.length;
  // A one, zeros, and the length in bits fill the last block of 64 bytes.
  const words = new Array<number>(((length + 8) >> 6) * 16 + 16).fill(0);
  [...bytes, 128].forEach((byte, index) => (words[index >> 2]! |= byte << (24 - (index % 4) * 8)));
  words[words.length - 1] = length * 8;
  let hash = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let start = 0; start < words.length; start += 16) {
    const block = words.slice(start, start + 16);
    let [a, b, c, d, e] = hash as [number, number, number, number, number];
    for (let round = 0; round < 80; round++) {
      if (round > 15) block[round] = rotate(block[round - 3]! ^ block[round - 8]! ^ block[round - 14]! ^ block[round - 16]!, 1);
      const mixed = round < 20 ? ((b & c) | (~b & d)) + 0x5a827999 : round < 40 ? (b ^ c ^ d) + 0x6ed9eba1 : round < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc : (b ^ c ^ d) + 0xca62c1d6;
      [a, b, c, d, e] = [(rotate(a, 5) + mixed + e + block[round]!) | 0, a, rotate(b, 30), c, d];
    }
    hash = hash.map((word, index) => (word + [a, b, c, d, e][index]!) | 0);
  }
  return hash;
}

/** The namespace of URLs (RFC 9562, 6.6): `6ba7b811-9dad-11d1-80b4-00c04fd430c8`. */
const URL_NAMESPACE = [0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];

/** Returns the UUIDv5 (RFC 9562, 5.5) of a URL: what every language's library returns for it, so a server can derive it too. */
export function urlId(url: string): string {
  const hash = sha1([...URL_NAMESPACE, ...Array.from(utf8(url))]);
  hash[1] = (hash[1]! & ~0xf000) | 0x5000;
  hash[2] = ((hash[2]! & 0x3fffffff) | 0x80000000) >>> 0;
  const digits = hash.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
}
