// SPDX-License-Identifier: MIT
// Tables. On a phone each row becomes a card, whose cells say their column's name.

import { h, span } from '../dom.js';

/**
 * @template T
 * @param {{caption: string, columns: {label: string, cell: function(T): *, class?: string, hideLabel?: boolean}[],
 *   rows: T[], rowClass?: function(T): string, rowId?: function(T): string}} spec
 *   caption: for screen readers; the first column names the row
 */
export function table(spec) {
  return h('table', { class: 'table' },
    h('caption', { class: 'unseen' }, spec.caption),
    h('thead', null, h('tr', null, spec.columns.map((c) =>
      h('th', { scope: 'col', class: c.class }, c.hideLabel ? span('unseen', c.label) : c.label)))),
    h('tbody', null, spec.rows.map((row) => (row.between ? gapRow(spec, row) : tableRow(spec, row)))));
}

/** A line between rows that is none: { between: text, class }. */
function gapRow(spec, { between, class: name }) {
  return h('tr', { class: `gap ${name ?? ''}` }, h('td', { colspan: spec.columns.length }, between));
}

/** One row, to put in place of an old one. */
export function tableRow(spec, row) {
  return h('tr', { class: spec.rowClass?.(row), 'data-id': spec.rowId?.(row) },
    spec.columns.map((c, i) => h(i === 0 ? 'th' : 'td', {
      scope: i === 0 ? 'row' : null,
      class: c.class,
      'data-label': c.hideLabel ? null : c.label,
    }, c.cell(row))));
}
