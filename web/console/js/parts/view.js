// SPDX-License-Identifier: MIT
// What pages are made of: their heads, signs and tables.

import { div, h, para, sign, unseen } from '../dom.js';

/** The heading gets the focus when the page comes. @param {{lead?: *, back?: {href: string, text: string}, actions?: Node[]}} [more] */
export function pageHead(title, { lead, back, actions } = {}) {
  return h('header.page-head', back && h('a.back', { href: back.href }, `← ${back.text}`),
    div('page-head-row', h('h1', { tabindex: '-1' }, title), actions && div('actions', actions)), lead && para('lead', lead));
}

const SIGNS = { good: '●', bad: '✕', warn: '▲', off: '○', info: '◆', quiet: '·' };

/** A word in a coloured frame. The word says it; the colour and the sign only help. */
export function badge(kind, text) {
  return h('span', { class: `badge badge-${kind}` }, sign('sign', SIGNS[kind]), text);
}

/**
 * On a phone each row becomes a card, whose cells say their column's name.
 * @param {{caption: string, columns: [string, function(*): *, string?][], rows: *[], rowClass?: function(*): string,
 *   rowId?: function(*): string}} spec caption: for screen readers; columns: a label, what its cells have, and a class; the first names
 *   the row, and one of class "acts" says no label; a row { between: *, class: string } is a line between others
 */
export function table(spec) {
  const { caption, columns, rows } = spec;
  const head = ([label, , name]) => h('th', { scope: 'col', class: name }, name === 'acts' ? unseen(label) : label);
  return h('table.table', h('caption.unseen', caption), h('thead', h('tr', columns.map(head))),
    h('tbody', rows.map((row) => (row.between ? h('tr.gap', { class: row.class }, h('td', { colspan: columns.length }, row.between)) : tableRow(spec, row)))));
}

/** One row, to put in place of an old one. */
export function tableRow({ columns, rowClass, rowId }, row) {
  return h('tr', { class: rowClass?.(row), 'data-id': rowId?.(row) }, columns.map(([label, cell, name], i) => h(i === 0 ? 'th' : 'td',
    { scope: i === 0 && 'row', class: name, 'data-label': name !== 'acts' && label }, cell(row))));
}
