// SPDX-License-Identifier: MIT
import { h } from '../dom.js';
import { t } from '../texts.js';
import { pageHead } from '../parts/head.js';

export const title = t.nav.grants;

export async function show(root) {
  root.append(pageHead(title), h('p', null, t.state.loading));
}
