import { setText } from './dom.js';
import { count, properName } from './words.js';

const range = document.getElementById('range');
const channel = document.getElementById('channel');
const model = document.getElementById('model');
const visitor = document.getElementById('visitor');
const reset = document.getElementById('reset');
const said = document.getElementById('filters-said');

/** What can be chosen, by the name that the address and the snapshot call it, and what stands where nothing is. */
const CHOICES = [['range', range, 'all'], ['channel', channel, ''], ['model', model, 'journey'], ['visitor', visitor, '']];

/** Whether the next note is the answer to a choice, and is to be said to those who do not see it. */
let asked = false;

/** What is chosen, as the query of a snapshot; a choice that is none is left out. */
export function chosen() {
  const query = new URLSearchParams(CHOICES.filter(([, select, none]) => select.value !== none).map(([name, select]) => [name, select.value]));
  return query.toString();
}

/**
 * Takes what the page's address says, keeps it there, and tells of every change.
 *
 * @param {() => void} changed
 */
export function startFilters(changed) {
  const told = new URLSearchParams(location.search);
  for (const [name, select] of CHOICES) {
    const value = told.get(name);
    if (value === null) continue;
    // Channels and visitors are not known yet; a time or a model that there is not is passed over.
    if (name === 'channel' || name === 'visitor') offer(select, value, value);
    if ([...select.options].some((option) => option.value === value)) select.value = value;
  }
  const take = () => {
    asked = true;
    const query = chosen();
    history.replaceState(null, '', `${location.pathname}${query && `?${query}`}${location.hash}`);
    changed();
  };
  for (const [, select] of CHOICES) select.addEventListener('change', take);
  reset.addEventListener('click', () => {
    range.value = 'all';
    channel.value = '';
    // The button is gone in a moment; who works by keyboard goes on at the first filter.
    range.focus();
    take();
  });
}

/**
 * Shows what there is to choose, and how much is counted.
 *
 * @param {any} snapshot
 */
export function showFilters({ choice, counted, visitors }) {
  showOptions(channel, choice.channels.map((name) => [name, properName(name)]));
  reset.hidden = range.value === 'all' && channel.value === '';
  const all = choice.range === 'all' && choice.channel === null;
  const what = [
    `${count(visitors.count, 'visitor')}${choice.channel === null ? '' : ` who came by ${properName(choice.channel)} at least once`}`,
    choice.range !== 'all' && range.selectedOptions[0].textContent.toLowerCase(),
  ].filter(Boolean).join(', ');
  const note = `${all ? `All ${count(counted.events, 'event')}` : `${counted.events.toLocaleString('en')} of ${count(counted.all, 'event')}`}: ${what}.`;
  setText(document.getElementById('filters-note'), note);
  // Live figures change all the time; only the answer to a choice is worth interrupting for.
  if (asked) setText(said, note);
  asked = false;
}

/**
 * Makes a `<select>` offer entries after its first option. What is chosen stays so, and an option stays the same element while its text
 * changes, so that an open list does not close.
 *
 * @param {HTMLSelectElement} select
 * @param {[value: string, text: string][]} entries
 */
export function showOptions(select, entries) {
  const values = new Set(entries.map(([value]) => value));
  for (const option of [...select.options].slice(1)) if (!values.has(option.value) && !option.selected) option.remove();
  for (const [value, text] of entries) offer(select, value, text);
}

function offer(select, value, text) {
  const option = [...select.options].find((each) => each.value === value) ?? select.appendChild(new Option(text, value));
  setText(option, text);
}
