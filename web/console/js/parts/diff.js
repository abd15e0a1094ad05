// SPDX-License-Identifier: MIT
// Two texts compared line by line.

import { h, span, unseen } from '../dom.js';
import { t } from '../texts.js';

/** Beyond this many pairs of lines the texts are shown as wholly other. */
const MOST = 4e6;

/** Lengths of the longest common subsequences of the ends of a and b. */
function lengths(a, b) {
  const table = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
  return table;
}

/** @returns {{kind: 'same'|'gone'|'new', text: string}[]} lines */
function lineDiff(before, after) {
  const a = before === '' ? [] : before.split('\n');
  const b = after === '' ? [] : after.split('\n');
  const lines = [];
  const put = (kind, text) => lines.push({ kind, text });
  if (a.length * b.length > MOST)
    return [...a.map((text) => ({ kind: 'gone', text })), ...b.map((text) => ({ kind: 'new', text }))];
  const table = lengths(a, b);
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length)
    if (i < a.length && j < b.length && a[i] === b[j]) {
      put('same', a[i++]);
      j++;
    } else if (i < a.length && (j === b.length || table[i + 1][j] >= table[i][j + 1])) {
      put('gone', a[i++]);
    } else {
      put('new', b[j++]);
    }
  return lines;
}

const SIGNS = { same: ' ', gone: '−', new: '+' };

/** The comparison to look at. */
export function diffView(label, before, after) {
  return h('figure', { class: 'linediff' },
    h('figcaption', { class: 'label' }, label),
    h('ol', { class: 'mono', tabindex: '0', 'aria-label': label }, lineDiff(before, after).map(({ kind, text }) =>
      h('li', { class: `line-${kind}` }, h('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[kind]),
        kind !== 'same' && unseen(`${t.diff[kind]}: `), span('diff-text', text)))));
}
