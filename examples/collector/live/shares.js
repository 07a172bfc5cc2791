import { ago } from './clock.js';
import { html, setText, showFew } from './dom.js';
import { count, moneySum, pageName, properName, visitorName } from './words.js';

/** Chains shown before one asks for more. */
const FEW = 4;

/** Ways of sharing that are no network. */
const METHODS = { sheet: 'share sheet', copy: 'copied link' };

/**
 * Shows the chains of shares, each from its first share on.
 *
 * @param {any} shares `shares` of the snapshot
 */
export function showShares(shares) {
  const { totals, shown, more } = shares;
  setText(document.getElementById('shares-total'), shown.length === 0
    ? 'Nobody has shared yet.'
    : `${count(totals.shares, 'share')} brought ${count(totals.came, 'visitor')}: ${totals.bought} bought, ${totals.shared_on} shared on. `
      + `The longest chain has ${count(totals.longest, 'link')}.`);
  showFew(document.getElementById('share-chains'), {
    entries: shown, few: FEW, keyOf: ({ token }) => token, render: renderShare, again: () => showShares(shares),
  });
  setText(document.getElementById('shares-note'), more > 0 ? `${count(more, 'more chain')} that brought fewer.` : '');
}

const renderShare = (share) => shareEntry(share, share.by === null
  ? html('b', { title: share.token }, 'An unknown share')
  : html('span', {}, html('b', { title: share.by.visitor }, visitorName(share.by.visitor, share.by.user_id)), ' shared'));

const renderOnward = (share) => shareEntry(share, html('span', {}, 'shared on'));

function shareEntry({ by, method, at, page, came, bought, people, more_people }, head) {
  const how = Object.hasOwn(METHODS, method ?? '') ? METHODS[method] : method && properName(method);
  const facts = [page && pageName({ url: page }), came === 0 ? 'nobody came yet' : `${came} came`, bought > 0 && `${bought} bought`];
  return html('li', { class: by === null ? 'share unknown-share' : 'share' },
    html('p', {}, head, how && ' by ', how && html('b', {}, how),
      html('span', { class: 'quiet' }, facts.filter(Boolean).map((fact) => ` · ${fact}`).join(''), at && ' · ', at && ago(at, '', ' ago'))),
    people.length + more_people > 0 && html('ul', { class: 'people plain' },
      ...people.map(renderPerson),
      more_people > 0 && html('li', { class: 'quiet' }, `and ${count(more_people, 'more visitor')}`)));
}

function renderPerson({ visitor, user_id, at, bought, values, shares, more_shares }) {
  const onward = shares.length + more_shares;
  return html('li', { class: 'person' },
    html('p', {},
      html('span', { title: visitor }, visitorName(visitor, user_id)),
      at === null ? ' came, when is not known ' : ' came ',
      bought > 0 && html('span', { class: 'outcome bought' }, `bought ${moneySum(values)}`),
      bought + onward === 0 && html('span', { class: 'outcome' }, 'not bought so far')),
    onward > 0 && html('ul', { class: 'onward plain' },
      ...shares.map(renderOnward),
      more_shares > 0 && html('li', { class: 'quiet' }, `and ${count(more_shares, 'more share')}`)));
}
