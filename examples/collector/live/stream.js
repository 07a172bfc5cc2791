import { html } from './dom.js';
import { arrivalName, keyProperties, pageName, stageLabel, visitorName } from './words.js';

/** Rows kept in the page. */
const MAX_ROWS = 200;

/** Moves worth a word in the stream; the others are what one expects. */
const TOLD_MOVES = ['skip', 'back', 'loop'];

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/**
 * The list of events, the newest on top. Paused, it holds the new ones back, so that one can read.
 *
 * @returns {{ add: (event: any) => void, restart: (events: any[]) => void }} `restart` replaces everything
 */
export function createStream() {
  const list = document.getElementById('stream');
  const box = document.getElementById('stream-box');
  const button = document.getElementById('pause');
  let held = [];
  let paused = false;

  function show(event, fresh) {
    if (event.name === 'engagement' && event.page?.title) giveTitle(event.page);
    const before = box.scrollHeight;
    list.prepend(renderEvent(event, fresh));
    while (list.childElementCount > MAX_ROWS) list.lastElementChild.remove();
    // Who has scrolled down is reading: what they read stays in its place.
    if (box.scrollTop > 0) box.scrollTop += box.scrollHeight - before;
  }

  /** What a page is called may be told at its end: its rows say so, too. The store has done the same. */
  function giveTitle({ id, title }) {
    for (const name of list.querySelectorAll('[data-page]:not([title])')) if (name.dataset.page === id) name.title = title;
  }

  function labelButton() {
    button.setAttribute('aria-pressed', String(paused));
    button.textContent = paused ? (held.length > 0 ? `Resume, ${held.length} new` : 'Resume') : 'Pause';
  }

  button.addEventListener('click', () => {
    paused = !paused;
    for (const event of held) show(event, true);
    held = [];
    labelButton();
  });

  return {
    add(event) {
      if (!paused) return show(event, true);
      held = [...held, event].slice(-MAX_ROWS);
      labelButton();
    },
    restart(events) {
      list.replaceChildren();
      for (const event of events) show(event, false);
    },
  };
}

function renderEvent(event, fresh) {
  const { name, journey, visitor, page, touchpoint, received, properties, bot } = event;
  const told = TOLD_MOVES.includes(journey?.move);
  const details = keyProperties(properties);
  return html('li', { class: fresh ? 'event fresh' : 'event', 'data-stage': journey?.stage ?? null },
    html('p', { class: 'event-head' },
      html('b', {}, name),
      stageLabel(journey?.stage),
      told && html('span', { class: 'tag', 'data-move': journey.move }, journey.move === 'loop' ? `loop ${journey.loop}` : journey.move),
      bot === true && html('span', { class: 'tag', 'data-move': 'bot' }, 'bot'),
      html('time', { datetime: received.occurred_at }, clock.format(new Date(received.occurred_at)))),
    details !== '' && html('p', { class: 'details' }, details),
    html('p', { class: 'quiet' },
      `${visitor ? visitorName(visitor.id, visitor.user_id) : 'anonymous'} · ${arrivalName(touchpoint)} · `,
      html('span', { title: page?.title ?? null, 'data-page': page?.id ?? null }, pageName(page))));
}
