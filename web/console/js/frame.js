// SPDX-License-Identifier: MIT
// What is around the pages: routes, navigation, signing out, idle time. README.md says how a page is written.

import { call } from './api.js';
import { button, fill, focusOn, h, sign, unseen } from './dom.js';
import { forget, idleLeft, isSignedIn, keyName, onSession, signIn, tenantId, touch } from './session.js';
import { t } from './texts.js';
import { show as showSignIn } from './pages/signin.js';
import { showDialog } from './parts/change.js';
import { announce, board, clearNotices, live, problem } from './parts/notice.js';
import { keepsNotices, loading, pageHead, place } from './parts/view.js';

/** Pages that are led to, each with the list without which it shows nothing. */
const NAV = { grants: '/grants', log: '/audit-log', policies: '/policies', keys: '/api-keys' };
const PAGES = [...Object.keys(NAV), 'what-if'];

const app = document.getElementById('app');
const root = h('.page');
const offline = h('.offline', { role: 'status' });
let leaving = new AbortController(); // aborts what the page that is shown has under way
let shown = null; // its path, without the query

const notFound = () => root.append(pageHead(t.notFound.title), h('p', h('a', { href: '#/grants' }, t.nav.grants)));

function routeOf(path) {
  const [, name, id] = /^\/([a-z-]+)(?:\/([\da-f-]{36}))?$/i.exec(path) ?? [];
  return { load: async () => (PAGES.includes(name) ? import(`./pages/${name}.js`) : { show: notFound }), nav: name === 'what-if' ? 'policies' : name,
    ids: id ? [id.toLowerCase()] : [] };
}

async function route() {
  if (!isSignedIn())
    return;
  const { path, query } = place();
  const { load, nav, ids } = routeOf(path);
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  if (path !== shown && !keepsNotices())
    clearNotices();
  shown = path;
  for (const link of app.querySelectorAll('.main-nav a'))
    link.ariaCurrent = link.hash === `#/${nav}` ? 'page' : null;
  fill(root, loading());
  try {
    const { show } = await load();
    if (signal.aborted)
      return;
    fill(root);
    window.scrollTo(0, 0);
    const done = show(root, { path: ids, query }, signal);
    focusOn(root.querySelector('h1'));
    await done;
  } catch (error) {
    if (!signal.aborted && error.kind !== 'aborted')
      fill(root, problem(error, route));
  }
}

/** What the key may not read is not a link to a refusal without a word. */
function navLink([name, list]) {
  const link = h('a', { href: `#/${name}` }, t.nav[name]);
  call('HEAD', list, { query: { limit: 1 } }).catch((error) => {
    if (error.status === 403)
      link.append(sign('lock', '⊘'), unseen(` (${t.nav.locked})`));
  });
  return h('li', link);
}

function bar(main) {
  const who = (term, text, title) => h('div', h('dt', term), h('dd.mono', { title }, text));
  return h('header.bar', button(t.nav.skip, () => main.focus(), 'skip'),
    h('a.brand', { href: '#/grants' }, t.product),
    h('nav.main-nav', { 'aria-label': t.nav.label }, h('ul', Object.entries(NAV).map(navLink))),
    h('.bar-end', h('dl.who', who(t.nav.key, keyName()), who(t.nav.tenant, tenantId().slice(0, 8), tenantId())),
      button(t.nav.signOut, () => forget('signed-out'))));
}

const styled = new Promise((resolve) => {
  document.head.append(h('link', { rel: 'stylesheet', href: './console.css', onload: resolve, onerror: resolve }));
});

/** The key is tried with a question that changes nothing; one that the policies refuse is good. */
export async function start(key, tenant) {
  await call('GET', '/grants', { query: { limit: 1 }, as: { 'X-API-Key': key, 'X-Tenant-ID': tenant } }).catch((error) => {
    if (error.code !== 'policy_denied')
      throw error;
  });
  await styled;
  signIn(key, tenant);
  const main = h('main', { id: 'main', tabindex: '-1' }, board, root);
  fill(app, bar(main), main);
  route();
}

function signedOut(reason) {
  leaving.abort();
  shown = null;
  clearNotices();
  fill(root);
  showSignIn(reason);
  announce(t.signIn.reasons[reason]);
}

const timeLeft = h('p');
let isAsking = false;

/** However the dialog is closed, somebody is there. */
async function askWhetherThere() {
  timeLeft.textContent = t.idle.text(Math.ceil(idleLeft() / 1000));
  if (isAsking)
    return;
  isAsking = true;
  announce(timeLeft.textContent, true);
  await showDialog({ title: t.idle.title, body: timeLeft, close: t.idle.stay, signal: leaving.signal });
  isAsking = false;
  touch();
}

function tellNetwork() {
  fill(offline, !navigator.onLine && t.state.offlineBar);
}

for (const event of ['pointerdown', 'keydown', 'wheel', 'touchmove'])
  addEventListener(event, () => isAsking || touch(), { passive: true, capture: true });
addEventListener('hashchange', route);
addEventListener('online', tellNetwork);
addEventListener('offline', tellNetwork);
// A page that the browser keeps for "back" would keep the key.
addEventListener('pagehide', () => forget('left'));
onSession('warning', askWhetherThere);
onSession('forgotten', signedOut);
tellNetwork();
app.before(offline);
app.after(...live);
// The page that comes is fetched while somebody types.
routeOf(place().path).load().catch(() => {});
