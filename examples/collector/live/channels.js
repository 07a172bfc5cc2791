import { figure, html, setText, showList } from './dom.js';
import { count, percent, properName } from './words.js';

/**
 * Shows how visitors arrived.
 *
 * @param {any} arrivals `arrivals` of the snapshot
 */
export function showChannels({ arrivals, in_app, apps, channels, more_channels }) {
  const rows = channels.flatMap(({ channel, networks, more_networks, ...own }) => [
    { key: JSON.stringify([channel]), name: channel === null ? 'not told' : properName(channel), channel, ...own },
    ...networks.map(({ network, ...numbers }) => ({ key: JSON.stringify([channel, network]), network: properName(network), channel, ...numbers })),
    ...(more_networks > 0 ? [{ key: JSON.stringify([channel, 0]), more: count(more_networks, 'more network') }] : []),
  ]);
  if (more_channels > 0) rows.push({ key: '', more: count(more_channels, 'more channel') });
  showList(document.getElementById('channel-rows'), rows, ({ key }) => key, renderRow);
  const inApps = apps.map(({ app, arrivals: own }) => `${properName(app)} ${own}`).join(', ');
  setText(document.getElementById('channels-note'), arrivals === 0
    ? 'No arrival yet.'
    : `${count(arrivals, 'arrival')}, ${in_app} of them (${percent(in_app / arrivals)}) in an app’s own browser${inApps && `: ${inApps}`}.`);
}

/** An e-mail, a shared link or a typed address is not paid, but not organic either. */
const isOrganic = (channel) => /^organic_/.test(channel);

function renderRow({ name, network, channel, more, arrivals, visitors, paid, organic, in_app }) {
  if (more) return html('tr', { class: 'page-row' }, html('td', { colspan: 6, class: 'quiet' }, `and ${more}`));
  const number = (title, value) => figure(title, value === 0 ? '–' : value.toLocaleString('en'));
  return html('tr', { class: name === undefined ? 'page-row' : 'stage-row' },
    html(name === undefined ? 'td' : 'th', { scope: name === undefined ? null : 'row' }, name ?? network),
    number('Arrivals', arrivals), number('Visitors', visitors), number('Paid', paid), number('Organic', isOrganic(channel) ? organic : 0), number('In an app', in_app));
}
