// SPDX-License-Identifier: MIT
// What the policies would say, said before somebody tries. The request itself decides: a rule may look at the reason, say.

import { permitted } from '../api.js';
import { button, fill, h, newId, sign } from '../dom.js';
import { t } from '../texts.js';
import { noteBox } from './notice.js';

/** A note for a dialog, as soon as they have said it; nothing where they permit it. */
export function advice(operation, about = {}) {
  const place = h('div.advice', { role: 'status' });
  permitted(operation, about).then(({ allowed, notices }) => {
    if (allowed === false)
      fill(place, noteBox('conflict', { title: t.advice.title, lines: notices.length > 0 ? [] : [t.advice.noPermit], quotes: notices, foot: t.advice.foot }));
  });
  return place;
}

/**
 * A button for an operation; where the policies would refuse it, it says so, and why.
 * @param {Object} attributes of the button
 */
export function offer(operation, text, attributes, about = {}) {
  const offered = button(text, null, attributes);
  permitted(operation, about).then(({ allowed, notices }) => {
    if (allowed !== false)
      return;
    const id = newId('why');
    const why = [t.advice.title, ...(notices.length > 0 ? notices : [t.advice.noPermit])].join(': ');
    offered.append(sign('lock', '⊘'), h('span', { id, hidden: true }, why));
    offered.setAttribute('aria-describedby', id);
    offered.setAttribute('title', why);
  });
  return offered;
}
