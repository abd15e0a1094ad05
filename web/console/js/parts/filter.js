// SPDX-License-Identifier: MIT
// A list's filters, which are kept in the address.

import { button, div, h } from '../dom.js';
import { keepQuery } from '../route.js';
import { t } from '../texts.js';
import { fromLocalInput, toLocalInput } from '../time.js';
import { field, submitButton } from './field.js';

const isTime = ({ type }) => type === 'datetime-local';

/**
 * @param {{label: string}} words @param {Object[]} specs as for field(); choices: of a select, which begins with all
 * @returns {{form: HTMLFormElement, values: function(): Object}}
 */
export function filterForm({ label }, query, apply, specs) {
  const fields = specs.map(({ choices, ...spec }) => {
    const value = query.get(spec.name) ?? '';
    return field({ ...spec, value: isTime(spec) && value ? toLocalInput(value) : value,
      ...(choices && { tag: 'select', options: [['', t.common.all], ...choices] }) });
  });
  const values = () => Object.fromEntries(specs.map((spec, i) => {
    const value = fields[i].control.value.trim();
    return [spec.name, isTime(spec) ? fromLocalInput(value) ?? '' : value];
  }));
  const search = () => { keepQuery(values()); apply(); };
  const clear = () => { fields.forEach(({ control }) => { control.value = ''; }); search(); };
  const form = h('form.card.filters', { role: 'search', 'aria-label': label,
    onsubmit: (event) => { event.preventDefault(); search(); },
    onchange: (event) => { if (event.target.tagName === 'SELECT') search(); } },
  fields, div('actions', submitButton(t.common.search), button(t.common.clear, clear)));
  return { form, values };
}
