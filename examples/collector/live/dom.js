const SVG = 'http://www.w3.org/2000/svg';

/**
 * An HTML element. Strings among the children become text nodes, never markup: titles and addresses are a stranger's.
 * Children that are null or false are left out.
 *
 * @param {string} tag
 * @param {Record<string, string | number | null>} [attributes] null leaves one out
 * @param {...(Node | string | null | false)} children
 */
export const html = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** The same for SVG. */
export const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

function fill(element, attributes = {}, children) {
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== false));
  return element;
}

/** A cell with a number; `title` is the heading of its column, which a narrow screen shows beside it. */
export const figure = (title, ...children) => html('td', { class: 'number', 'data-title': title }, ...children);

/**
 * Makes a list show `entries` in their order, and touches only what has changed: an entry that reads as before keeps its
 * element, and with it scroll position, focus and selection.
 *
 * @param {Element} list
 * @param {any[]} entries
 * @param {(entry: any) => string} keyOf
 * @param {(entry: any) => Element} render
 */
export function showList(list, entries, keyOf, render) {
  const former = new Map([...list.children].map((element) => [element.dataset.key, element]));
  let place = list.firstElementChild;
  for (const entry of entries) {
    const key = keyOf(entry);
    const content = JSON.stringify(entry);
    let element = former.get(key);
    if (element?.shows !== content) {
      const fresh = render(entry);
      fresh.dataset.key = key;
      fresh.shows = content;
      if (element === place) place = element?.nextElementSibling ?? null;
      element?.remove();
      element = fresh;
    }
    former.delete(key);
    if (element === place) place = place.nextElementSibling;
    else list.insertBefore(element, place);
  }
  for (const element of former.values()) element.remove();
}

/**
 * The same for a list that may be long: shows the first `few` entries, and a button that shows the rest.
 *
 * @param {Element} list
 * @param {{ entries: any[], few: number, keyOf: (entry: any) => string, render: (entry: any) => Element, again: () => void, button?: HTMLButtonElement }} what
 *   `again` is called once the button has been pressed, and shows the list anew; the button is the list's next sibling, or another
 */
export function showFew(list, { entries, few, keyOf, render, again, button = list.nextElementSibling }) {
  const all = list.dataset.all === 'true';
  showList(list, all ? entries : entries.slice(0, few), keyOf, render);
  button.hidden = entries.length <= few;
  setText(button, all ? 'Show fewer' : `Show ${entries.length - few} more`);
  button.setAttribute('aria-expanded', String(all));
  button.onclick = () => {
    list.dataset.all = String(!all);
    again();
  };
}

/** Sets text only where it differs, so that assistive technology is not told of nothing. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Makes a box that scrolls reachable by keyboard, and one that does not scroll no stop on the way.
 *
 * @param {Element} box
 * @param {string} label what a screen reader calls it
 */
export function makeReachable(box, label) {
  const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 1;
  if (scrolls === box.hasAttribute('tabindex')) return;
  for (const [name, value] of [['tabindex', '0'], ['role', 'group'], ['aria-label', label]]) {
    if (scrolls) box.setAttribute(name, value);
    else box.removeAttribute(name);
  }
}
