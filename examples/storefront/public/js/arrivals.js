// Shows the link that the shop's button copied last, however it came to be there: it may be copied in another tab.
import { readSharedLink } from './cart.js';

function show() {
  const link = readSharedLink();
  const place = document.querySelector('[data-shared-link]');
  document.querySelector('[data-shared]').hidden = !link;
  place.textContent = link ?? '';
  if (link) place.href = link;
}

show();
addEventListener('storage', show);
