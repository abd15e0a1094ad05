// SPDX-License-Identifier: MIT
// Paging by cursor: the API tells of the next page alone, so the way back is kept here.

import { get } from '../api.js';
import { button, div, fill, focusOn, h, span } from '../dom.js';
import { t } from '../texts.js';
import { announce } from './notice.js';
import { loading, problem } from './state.js';

/** A page may be empty and not the last: look on, but not for ever. */
const LOOKS = 20;

/**
 * A list with "previous" and "next" under it. Shows the first page at once.
 * @param {{path: string, query?: Object, limit?: number, draw: function(*[]): Node, none: function(): Node, signal: AbortSignal,
 *   label: string}} spec
 * @returns {{element: HTMLElement, reload: function(): Promise<void>}} reload: the same page again
 */
export function pagedList(spec) {
  const content = div('paged-content');
  const where = span('quiet');
  const previous = button(t.pager.previous, () => go(-1));
  const next = button(t.pager.next, () => go(1));
  const foot = h('nav.pager', { hidden: true, 'aria-label': t.pager.label(spec.label) }, previous, where, next);
  const element = h('div.paged', { role: 'group', 'aria-label': spec.label }, content, foot);
  const cursors = [null];
  let at = 0;

  async function go(step) {
    at += step;
    await show();
    focusOn(content);
    if (step !== 0)
      element.scrollIntoView({ block: 'start' });
  }

  async function show() {
    // A fixed height while the next page comes, so that nothing jumps.
    content.setAttribute('aria-busy', 'true');
    if (content.childNodes.length === 0)
      fill(content, loading());
    try {
      drawPage(await lookFor(spec, cursors[at]));
    } catch (error) {
      foot.hidden = true;
      if (error.kind !== 'aborted')
        fill(content, problem(error, () => go(0)));
    } finally {
      content.removeAttribute('aria-busy');
    }
  }

  function drawPage(page) {
    cursors[at + 1] = page.has_more ? page.next_cursor : null;
    fill(content, page.data.length > 0 || page.has_more ? spec.draw(page.data) : spec.none());
    previous.disabled = at === 0;
    next.disabled = !page.has_more;
    foot.hidden = at === 0 && !page.has_more;
    where.textContent = t.pager.where(at + 1, page.data.length);
    if (element.isConnected)
      announce(t.pager.heard(spec.label, at + 1, page.data.length));
  }

  show();
  return { element, reload: show };
}

async function lookFor({ path, query, limit = 50, signal }, cursor) {
  for (let look = 0; ; look++) {
    const { data } = await get(path, { query: { ...query, limit, cursor }, signal });
    if (data.data.length > 0 || !data.has_more || look === LOOKS)
      return data;
    cursor = data.next_cursor;
  }
}
