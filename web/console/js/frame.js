// SPDX-License-Identifier: MIT
// What is around the pages: routes by location.hash, navigation, signing out, idle time. README.md says how a page is written.

import { button, div, fill, focusOn, h, sign, unseen } from './dom.js';
import { call } from './api.js';
import { check, forget, identity, idleLeft, isSignedIn, onSession, signIn, touch } from './session.js';
import { keepsNotices, place } from './route.js';
import { t } from './texts.js';
import { announce, clearNotices, noticeRegions } from './parts/notice.js';
import { loading, problem } from './parts/state.js';
import { showDialog } from './parts/dialog.js';
import { show as showSignIn, themeChoice } from './pages/signin.js';

const ID = '([0-9a-fA-F-]{36})';
/** What is in parentheses is params.path; then the page, and its place in the navigation. */
const ROUTES = [
  ['grants', () => import('./pages/grants.js'), 'grants'],
  [`grants/${ID}`, () => import('./pages/grant.js'), 'grants'],
  [`log(?:/${ID})?`, () => import('./pages/log.js'), 'log'],
  ['policies', () => import('./pages/policies.js'), 'policies'],
  [`policies/${ID}`, () => import('./pages/policy.js'), 'policies'],
  ['what-if', () => import('./pages/whatif.js'), 'policies'],
  ['keys', () => import('./pages/keys.js'), 'keys'],
];

/** Each page with the list without which it shows nothing. */
const NAV = { grants: '/grants', log: '/audit-log', policies: '/policies', keys: '/api-keys' };

const app = document.getElementById('app');
const { live, board } = noticeRegions();
const root = div('page');
const links = new Map();
let leaving = null; // aborts what the page that is shown has under way
let shown = null; // its path, without the query

function routeOf(path) {
  for (const [pattern, load, nav] of ROUTES) {
    const match = new RegExp(`^/${pattern}$`).exec(path);
    if (match)
      return { load, nav, ids: match.slice(1).filter(Boolean).map((id) => id.toLowerCase()) };
  }
  return null;
}

function markNav(nav) {
  for (const [name, link] of links)
    link[name === nav ? 'setAttribute' : 'removeAttribute']('aria-current', 'page');
}

function notFound() {
  const n = t.notFound;
  document.title = `${n.title} · ${t.product}`;
  fill(root, h('h1', { tabindex: '-1' }, n.title), h('p', n.text), h('p', h('a', { href: '#/grants' }, n.home)));
  focusOn(root.querySelector('h1'));
}

/** Show the page that the address names. */
async function route() {
  if (!isSignedIn())
    return;
  const { path, query } = place();
  const found = routeOf(path);
  leaving?.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  if (path !== shown && !keepsNotices())
    clearNotices();
  shown = path;
  markNav(found?.nav);
  if (found === null) {
    notFound();
    return;
  }
  const waiting = setTimeout(() => fill(root, loading()), 150);
  try {
    const page = await found.load();
    clearTimeout(waiting);
    if (!signal.aborted)
      await showPage(page, { path: found.ids, query }, signal);
  } catch (error) {
    clearTimeout(waiting);
    if (!signal.aborted && error.kind !== 'aborted')
      fill(root, problem(error, route));
  }
}

async function showPage(page, params, signal) {
  const title = typeof page.title === 'function' ? page.title(params) : page.title;
  document.title = `${title} · ${t.product}`;
  fill(root);
  window.scrollTo(0, 0);
  const done = page.show(root, params, signal);
  focusOn(root.querySelector('h1'));
  await done;
}

function navigation() {
  links.clear();
  for (const name of Object.keys(NAV))
    links.set(name, h('a', { href: `#/${name}` }, t.nav[name]));
  return h('nav.main-nav', { 'aria-label': t.nav.label },
    h('ul', [...links.values()].map((link) => h('li', link))));
}

/** What the key may not read is not a link to a refusal without a word. */
function lockNav() {
  for (const [name, list] of Object.entries(NAV))
    call('HEAD', list, { query: { limit: 1 } }).catch((error) => {
      if (error.status === 403)
        links.get(name)?.append(sign('lock', '⊘'), unseen(` (${t.nav.locked})`));
    });
}

function bar(skip) {
  const { tenant, keyName } = identity();
  const who = (term, text, title) => h('div', h('dt', term), h('dd.mono', { title }, text));
  return h('header.bar', skip,
    h('a.brand', { href: '#/grants' }, t.product),
    navigation(),
    div('bar-end',
      h('dl.who', who(t.nav.key, keyName), who(t.nav.tenant, tenant.slice(0, 8), tenant)),
      themeChoice(),
      button(t.nav.signOut, () => forget('signed-out'))));
}

function skipLink(main) {
  return h('a.skip', { href: '#main', onclick: (event) => {
    event.preventDefault();
    focusOn(main);
  } }, t.nav.skip);
}

const offlineBar = h('div.offline', { role: 'status' });

function tellNetwork() {
  fill(offlineBar, navigator.onLine ? null : t.state.offlineBar);
}

const styled = new Promise((resolve) => {
  document.head.append(h('link', { rel: 'stylesheet', href: './console.css', onload: resolve, onerror: resolve }));
});

/** The key is good: show the page that was asked for. */
export async function start(key, tenant) {
  await styled;
  signIn(key, tenant);
  const main = h('main', { id: 'main', tabindex: '-1' }, board, root);
  fill(app, bar(skipLink(main)), offlineBar, main, live);
  lockNav();
  route();
}

function signedOut(reason) {
  leaving?.abort();
  shown = null;
  clearNotices();
  fill(root);
  showSignIn(reason);
  aroundSignIn();
  announce(t.signIn.reasons[reason]);
}

function aroundSignIn() {
  app.prepend(offlineBar);
  app.append(...live);
}

/** Ask before the key is forgotten; the time left counts down. However the dialog is closed, somebody is there. */
let asking = false;
async function askWhetherThere() {
  if (asking)
    return;
  asking = true;
  const text = h('p');
  const stop = new AbortController();
  const tick = () => {
    if (isSignedIn())
      text.textContent = t.idle.text(Math.max(0, Math.ceil(idleLeft() / 1000)));
    else
      stop.abort();
  };
  const timer = setInterval(tick, 1000);
  tick();
  announce(t.idle.soon, true);
  await showDialog({ title: t.idle.title, body: text, close: t.idle.stay, signal: stop.signal });
  clearInterval(timer);
  asking = false;
  if (idleLeft() > 0)
    touch();
  else
    check();
}

function listen() {
  for (const event of ['pointerdown', 'keydown', 'wheel', 'touchmove'])
    addEventListener(event, () => { if (!asking) touch(); }, { passive: true, capture: true });
  addEventListener('visibilitychange', check);
  addEventListener('focus', check);
  addEventListener('hashchange', route);
  addEventListener('online', tellNetwork);
  addEventListener('offline', tellNetwork);
  // A page that the browser keeps for "back" would keep the key.
  addEventListener('pagehide', () => forget('left'));
  onSession('warning', askWhetherThere);
  onSession('forgotten', signedOut);
}

listen();
tellNetwork();
aroundSignIn();
// The page that comes is fetched while somebody types.
routeOf(place().path)?.load().catch(() => {});
