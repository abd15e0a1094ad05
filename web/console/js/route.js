// SPDX-License-Identifier: MIT
// Addresses within the console: #/path?query. Filters are in the address, so that "back" and a link find them again;
// nothing secret ever is.

/** @returns {{path: string, query: URLSearchParams}} */
export function place() {
  const [path, query = ''] = location.hash.replace(/^#/, '').split('?', 2);
  return { path: path === '' || path === '/' ? '/grants' : path, query: new URLSearchParams(query) };
}

/** @param {Object<string, string|null|undefined>} [query] what is empty is left out */
export function href(path, query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  const text = search.toString();
  return `#${path}${text === '' ? '' : `?${text}`}`;
}

let keep = false;

/** @param {boolean} [keepNotices] what is on the board is about the page that comes */
export function go(path, query, keepNotices = false) {
  keep = keepNotices;
  location.hash = href(path, query);
}

/** Asked once for each change of the address. */
export function keepsNotices() {
  const was = keep;
  keep = false;
  return was;
}

/** Keep filters in the address without another page in the history. */
export function keepQuery(query) {
  history.replaceState(null, '', href(place().path, query));
}
