import { seen, type ShopTab } from './run.js';

/** Waits until a tab shows an address with `part` in it. */
export const at = ({ tab }: ShopTab, part: string) =>
  seen(
    async () =>
      `${await tab.evaluate('document.readyState !== "loading" && location.href').catch(() => '')}`.includes(part),
    15_000,
  );

/** Puts `shift` milliseconds on the page's clock, which `window.shift` changes later. */
export const clock = (shift: number) =>
  `<script>window.shift=${shift};{const Real=Date;window.Date=class extends Real{constructor(...given){given.length?super(...given):super(Real.now()+window.shift)}static now(){return Real.now()+window.shift}}}</script>`;
