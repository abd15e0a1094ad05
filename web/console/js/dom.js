// SPDX-License-Identifier: MIT
// Elements. Whatever comes from outside becomes a text node or an attribute that cannot run anything: this is the only
// file that makes elements, and there is no way through it to have text read as markup.

const SVG = 'http://www.w3.org/2000/svg';

/** Attributes that take a URL; only these beginnings are let through. */
const URL_ATTRIBUTES = new Set(['href', 'src', 'action']);
const URL_SAFE = /^(#|\.{1,2}\/|blob:)/;

/** @typedef {Node|string|number|null|undefined|false|Child[]} Child */

function setAttribute(element, name, value) {
  if (name === 'style' || (name.startsWith('on') && typeof value !== 'function'))
    throw new TypeError(`attribute ${name} is not for h()`);
  if (value === null || value === undefined || value === false)
    return;
  if (name.startsWith('on'))
    element.addEventListener(name.slice(2), value);
  else if (name === 'value' && 'value' in element)
    element.value = value;
  else if (URL_ATTRIBUTES.has(name) && !URL_SAFE.test(String(value)))
    throw new TypeError(`not a link of the console's: ${name}`);
  else
    element.setAttribute(name, value === true ? '' : String(value));
}

function append(element, children) {
  for (const child of children.flat(Infinity))
    if (child !== null && child !== undefined && child !== false)
      element.append(child instanceof Node ? child : document.createTextNode(String(child)));
}

/** The value comes last: a <select> needs its options first. */
function build(element, attributes, children) {
  const { value, ...others } = attributes ?? {};
  for (const [name, content] of Object.entries(others))
    setAttribute(element, name, content);
  append(element, children);
  setAttribute(element, 'value', value);
  return element;
}

/**
 * An HTML element. Attributes are set as such: `true` is an empty one; null, undefined and false are none;
 * `onclick` and the like are listeners. Children may be nested arrays; null and false are none.
 * @returns {HTMLElement}
 */
export function h(tag, attributes, ...children) {
  return build(document.createElement(tag), attributes, children);
}

export const svg = (tag, attributes, ...children) => build(document.createElementNS(SVG, tag), attributes, children);

export const div = (name, ...children) => h('div', { class: name }, ...children);
export const span = (name, ...children) => h('span', { class: name }, ...children);
export const para = (name, ...children) => h('p', { class: name }, ...children);
export const button = (text, onclick, attributes) => h('button', { type: 'button', onclick, ...attributes }, text);

/** Put these in place of what is in `element`. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

let ids = 0;
/** An id that no other element has, for label/for and aria-*. */
export const newId = (what) => `${what}-${ids += 1}`;

/** Words for screen readers alone. */
export const unseen = (text) => span('unseen', text);

/** Give the focus to something that may not be focusable by itself, such as a heading. */
export function focusOn(element) {
  if (!element)
    return;
  if (element.tabIndex < 0 && !element.hasAttribute('tabindex'))
    element.setAttribute('tabindex', '-1');
  element.focus();
}

/** Offer a file. */
export function download(name, blob) {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
