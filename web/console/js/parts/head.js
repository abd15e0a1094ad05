// SPDX-License-Identifier: MIT
// The head of a page: its heading, which gets the focus when the page comes, and its actions.

import { div, h, para } from '../dom.js';

/** @param {{lead?: *, back?: {href: string, text: string}, actions?: Node[]}} [more] */
export function pageHead(title, more = {}) {
  return h('header', { class: 'page-head' },
    more.back && h('a', { class: 'back', href: more.back.href }, `← ${more.back.text}`),
    div('page-head-row',
      h('h1', { tabindex: '-1' }, title),
      more.actions && div('actions', more.actions)),
    more.lead && para('lead', more.lead));
}
