// SPDX-License-Identifier: MIT
// The only file that makes elements: whatever comes from outside becomes a text node, or an attribute that cannot run anything.

const URL_ATTRIBUTES = new Set(['href', 'src', 'action']);
const URL_SAFE = /^(#|\.{1,2}\/|blob:)/;

const isNothing = (x) => (x ?? false) === false;

function setAttribute(element, name, value) {
  const isEvent = name.startsWith('on');
  if (isNothing(value))
    return;
  if (name === 'style' || (isEvent && typeof value !== 'function'))
    throw new TypeError(`attribute ${name} is not for h()`);
  if (URL_ATTRIBUTES.has(name) && !URL_SAFE.test(String(value)))
    throw new TypeError(`not a link of the console's: ${name}`);
  if (isEvent)
    element.addEventListener(name.slice(2), value);
  else if (name === 'class')
    element.classList.add(...value.split(' ').filter(Boolean));
  else if (name === 'value' && 'value' in element)
    element.value = value;
  else
    element.setAttribute(name, value === true ? '' : value);
}

const append = (element, children) => element.append(...children.flat(Infinity).filter((x) => !isNothing(x)));

function build(namespace, selector, parts) {
  const [tag, ...classes] = selector.split('.');
  const element = document.createElementNS(`http://www.w3.org/${namespace}`, tag || 'div');
  element.classList.add(...classes);
  const { value, ...attributes } = parts[0]?.constructor === Object ? parts.shift() : {};
  for (const [name, content] of Object.entries(attributes))
    setAttribute(element, name, content);
  append(element, parts);
  // Last, as a <select> needs its options first.
  setAttribute(element, 'value', value);
  return element;
}

/** h('p.quiet', { id, onclick }?, 'text', …); h('.stack') is a <div>. Children may be nested; null, undefined and false are nothing. */
export const h = (selector, ...parts) => build('1999/xhtml', selector, parts);
export const svg = (selector, ...parts) => build('2000/svg', selector, parts);

/** more: a class, or attributes */
export const button = (text, onclick, more) => h('button', { type: 'button', onclick, ...(typeof more === 'string' ? { class: more } : more) }, text);

/** For screen readers alone; and not for them. */
export const unseen = (text) => h('span.unseen', text);
export const sign = (names, text) => h('span', { class: names, 'aria-hidden': 'true' }, text);

export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

let ids = 0;
export const newId = (what) => `${what}-${ids += 1}`;

/** Also to what is not focusable by itself, such as a heading. */
export function focusOn(element) {
  if (element?.tabIndex < 0)
    element.tabIndex = -1;
  element?.focus();
}

export function download(name, blob) {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
