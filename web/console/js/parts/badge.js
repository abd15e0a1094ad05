// SPDX-License-Identifier: MIT
// A word in a coloured frame. The word says it; the colour and the sign only help.

import { h } from '../dom.js';

const SIGNS = { good: '●', bad: '✕', warn: '▲', off: '○', info: '◆', quiet: '·' };

export function badge(kind, text, attributes = {}) {
  return h('span', { class: `badge badge-${kind}`, ...attributes },
    h('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[kind]), text);
}
