// SPDX-License-Identifier: MIT
// Elements. Whatever comes from outside becomes a text node or an attribute that cannot run anything: this is the only
// file that makes elements, and there is no way through it to have text read as markup.

/** Attributes that take a URL; only these beginnings are let through. */
const URL_ATTRIBUTES = new Set(['href', 'src', 'action']);
const URL_SAFE = /^(#|\.{1,2}\/|blob:)/;

const isNothing = (x) => x === null || x === undefined || x === false;
const isAttributes = (x) => x?.constructor === Object;

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
  const element = document.createElementNS(`http://www.w3.org/${namespace}`, tag);
  element.classList.add(...classes);
  const { value, ...attributes } = isAttributes(parts[0]) ? parts.shift() : {};
  for (const [name, content] of Object.entries(attributes))
    setAttribute(element, name, content);
  append(element, parts);
  // Last, as a <select> needs its options first.
  setAttribute(element, 'value', value);
  return element;
}

/**
 * An HTML element: h('p.quiet.small', { id }, 'text'). Attributes may be left out; `true` is an empty one; null, undefined and
 * false are none; `onclick` and the like are listeners. Children may be nested arrays; null, undefined and false are none.
 */
export const h = (selector, ...parts) => build('1999/xhtml', selector, parts);
export const svg = (selector, ...parts) => build('2000/svg', selector, parts);

export const div = (names, ...children) => h('div', { class: names }, ...children);
export const span = (names, ...children) => h('span', { class: names }, ...children);
export const para = (names, ...children) => h('p', { class: names }, ...children);
export const button = (text, onclick, attributes) => h('button', { type: 'button', onclick, ...attributes }, text);

/** Words for screen readers alone; and signs that are not for them. */
export const unseen = (text) => span('unseen', text);
export const sign = (names, text) => h('span', { class: names, 'aria-hidden': 'true' }, text);

/** Put these in place of what is in `element`. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

let ids = 0;
/** An id that no other element has, for label/for and aria-*. */
export const newId = (what) => `${what}-${ids += 1}`;

/** Give the focus to something that may not be focusable by itself, such as a heading. */
export function focusOn(element) {
  if (element?.tabIndex < 0 && !element.hasAttribute('tabindex'))
    element.setAttribute('tabindex', '-1');
  element?.focus();
}

/** Offer a file. */
export function download(name, blob) {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
