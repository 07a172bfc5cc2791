import { figure, html, setText, showList } from './dom.js';
import { count, moneySum, pageName, percent, spaced } from './words.js';

/** What consent can be, in words. */
const ANSWERS = { granted: 'Marketing granted', denied: 'Marketing denied', required: 'Marketing not answered yet' };

/** Whose word it was, for each source that there is. */
const SOURCES = new Map([
  ['option', 'the tracker’s option'], ['call', 'a call'], ['google', 'Google’s consent mode'], ['tcf', 'a consent platform (TCF)'], ['gpc', 'Global Privacy Control'], ['dnt', 'Do Not Track'],
]);

/**
 * Shows under which consent events were captured, and what came without anything that tells visitors apart. Where there is neither, the
 * whole section is left out.
 *
 * @param {any} consents `consents` of the snapshot
 * @param {any} anonymous `anonymous` of the snapshot
 */
export function showPrivacy({ visitors, views, rows }, anonymous) {
  const none = rows.length === 0 && anonymous.events === 0;
  document.getElementById('privacy').hidden = none;
  document.querySelector('nav [href="#privacy"]').hidden = none;

  document.getElementById('consents').hidden = rows.length === 0;
  showList(document.getElementById('consent-rows'), rows.map((row) => ({ ...row, allVisitors: visitors, allViews: views })), ({ marketing, by }) => JSON.stringify([marketing, by]), renderConsent);

  document.getElementById('anonymous').hidden = anonymous.events === 0;
  const { orders } = anonymous;
  setText(document.getElementById('anonymous-about'), `${count(anonymous.views, 'page view')} and ${count(anonymous.arrivals, 'arrival')} without anything that tells visitors apart`
    + `${orders.count > 0 ? `, ${count(orders.count, 'order')} worth ${moneySum(orders.values) || 'nothing known'}` : ''}. Each stands alone: they count under Funnel, Channels, Credit and Speed, and in no journey.`);
  showList(document.getElementById('anonymous-rows'), anonymous.pages, ({ page }) => JSON.stringify(page), ({ page, views: seen }) =>
    html('tr', {}, html('th', { scope: 'row' }, pageName(page === null ? null : { url: page })), figure('Views', seen.toLocaleString('en'))));
  setText(document.getElementById('anonymous-note'), anonymous.more_pages > 0 ? `and ${count(anonymous.more_pages, 'more page')}` : '');
}

function renderConsent({ marketing, by, visitors, views, allVisitors, allViews }) {
  // Visitors and page views are no parts of one whole.
  const part = (title, value, all) => figure(title, value === 0 ? '–' : value.toLocaleString('en'), value > 0 && ' ', value > 0 && html('span', { class: 'quiet' }, percent(value / all)));
  return html('tr', {},
    html('th', { scope: 'row' }, Object.hasOwn(ANSWERS, marketing) ? ANSWERS[marketing] : spaced(`Marketing ${marketing}`), ' ', html('span', { class: 'quiet' }, by === null ? 'by what is not told' : `by ${SOURCES.get(by) ?? spaced(by)}`)),
    part('Visitors', visitors, allVisitors),
    part('Anonymous views', views, allViews));
}
