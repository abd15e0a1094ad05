// SPDX-License-Identifier: MIT
// What pages are made of: their heads, signs and tables.

import { div, h, para, unseen } from '../dom.js';

/** The heading gets the focus when the page comes. @param {{lead?: *, back?: {href: string, text: string}, actions?: Node[]}} [more] */
export function pageHead(title, { lead, back, actions } = {}) {
  return h('header', { class: 'page-head' }, back && h('a', { class: 'back', href: back.href }, `← ${back.text}`),
    div('page-head-row', h('h1', { tabindex: '-1' }, title), actions && div('actions', actions)), lead && para('lead', lead));
}

const SIGNS = { good: '●', bad: '✕', warn: '▲', off: '○', info: '◆', quiet: '·' };

/** A word in a coloured frame. The word says it; the colour and the sign only help. */
export function badge(kind, text) {
  return h('span', { class: `badge badge-${kind}` }, h('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[kind]), text);
}

/**
 * On a phone each row becomes a card, whose cells say their column's name.
 * @template T
 * @param {{caption: string, columns: {label: string, cell: function(T): *, class?: string, hideLabel?: boolean}[],
 *   rows: T[], rowClass?: function(T): string, rowId?: function(T): string}} spec
 *   caption: for screen readers; the first column names the row; a row { between: *, class: string } is a line between others
 */
export function table(spec) {
  const head = (c) => h('th', { scope: 'col', class: c.class }, c.hideLabel ? unseen(c.label) : c.label);
  return h('table', { class: 'table' }, h('caption', { class: 'unseen' }, spec.caption), h('thead', null, h('tr', null, spec.columns.map(head))),
    h('tbody', null, spec.rows.map((row) => (row.between ?
      h('tr', { class: `gap ${row.class}` }, h('td', { colspan: spec.columns.length }, row.between)) : tableRow(spec, row)))));
}

/** One row, to put in place of an old one. */
export function tableRow({ columns, rowClass, rowId }, row) {
  return h('tr', { class: rowClass?.(row), 'data-id': rowId?.(row) }, columns.map((c, i) => h(i === 0 ? 'th' : 'td',
    { scope: i === 0 ? 'row' : null, class: c.class, 'data-label': c.hideLabel ? null : c.label }, c.cell(row))));
}
