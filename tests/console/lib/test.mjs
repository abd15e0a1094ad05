// SPDX-License-Identifier: MIT
// What a page's test is given: README.md tells how it is used.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { fail, pass, skip, diag } from './tap.mjs';
import { makeTenant } from './api.mjs';

const require = createRequire(join(process.env.CONSOLE_MODULES, 'x.js'));
const axeSource = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');

/** How long to wait for what must come. It is no measure of speed: the machine may be busy. */
const PATIENCE_MS = 20000;
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
/** What WCAG 2.2 AA asks for, and what axe advises besides. */
const AXE = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };

/** The browser's own word for an answer that is no 2xx; the tests look at what the page makes of it. */
const STATUS = /^Failed to load resource: the server responded with a status of \d+/;

export class Test {
  /** @param {string} name @param {{site: *, browser: *, shots: string}} world */
  constructor(name, world) {
    Object.assign(this, { name, ...world });
    this.contexts = [];
    this.complaints = [];
    this.allowed = [];
    this.keys = new Set();
  }

  #say(what) {
    return `${this.site.form}: ${this.name}: ${what}`;
  }

  ok(what, condition, ...why) {
    return condition ? pass(this.#say(what)) : fail(this.#say(what), ...why);
  }

  is(what, got, wanted) {
    const [a, b] = [got, wanted].map((x) => (typeof x === 'string' ? x : JSON.stringify(x)));
    return a === b ? pass(this.#say(what)) : fail(this.#say(what), `     got: ${a}`, `expected: ${b}`);
  }

  like(what, got, pattern) {
    return pattern.test(got) ? pass(this.#say(what)) : fail(this.#say(what), `     got: ${got}`, `no match: ${pattern}`);
  }

  skip(what, reason) {
    skip(this.#say(what), reason);
  }

  diag(...text) {
    diag(...text);
  }

  /** A tenant of its own, with a Client for each role: api.mjs. */
  async tenant(name) {
    const tenant = await makeTenant(this.site, name);
    for (const client of Object.values(tenant))
      if (client.key)
        this.keys.add(client.key);
    return tenant;
  }

  /** Complaints of the browser that fit are expected. */
  expectComplaint(pattern) {
    this.allowed.push(pattern);
  }

  /** What the browser has to say against a page fails the test: errors, violations of a policy, dialogs, foreign requests. */
  #watch(page) {
    const complain = (text) => {
      if (!STATUS.test(text) && !this.allowed.some((pattern) => pattern.test(text)))
        this.complaints.push(text);
      for (const key of this.keys)
        if (text.includes(key))
          this.complaints.push('a key in the browser\'s log');
    };
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' || message.type() === 'warning')
        complain(text);
      else if ([...this.keys].some((key) => text.includes(key)))
        this.complaints.push('a key in the browser\'s log');
    });
    page.on('pageerror', (error) => complain(`${error}`));
    page.on('crash', () => complain('the page crashed'));
    page.on('dialog', (dialog) => {
      complain(`a dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!/^(data|blob):/.test(url) && !url.startsWith(`${this.site.url}/`))
        complain(`a request to ${url}`);
      if ([...this.keys].some((key) => url.includes(key)))
        complain(`a key in an address: ${url}`);
    });
  }

  /** A browser of its own, with nothing in it; its page is empty. @returns {Promise<import('playwright-core').Page>} */
  async blank(options = {}) {
    const context = await this.browser.newContext({
      viewport: DESKTOP, timezoneId: 'Europe/Berlin', locale: 'en-GB', colorScheme: 'light', reducedMotion: 'reduce',
      acceptDownloads: true, ...options,
    });
    this.contexts.push(context);
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    this.#watch(page);
    return page;
  }

  /**
   * Signed in with this client's key, by the form, as people do.
   * @param {import('./api.mjs').Client} client @param {string} [place] of the console, such as "/keys"
   */
  async open(client, place = '/grants', options = {}) {
    const page = await this.blank(options);
    await page.goto(`${this.site.url}/console/#${place}`);
    await this.signIn(page, client);
    return page;
  }

  async signIn(page, client) {
    await page.getByLabel('Tenant id').fill(client.tenant);
    await page.getByLabel('API key').fill(client.key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  }

  /** Another page of the console, without loading it anew, which would forget the key. */
  async go(page, place) {
    await page.evaluate((hash) => { location.hash = hash; }, place);
  }

  /** The notice on the board, once there is one whose text fits. */
  async notice(page, pattern = /./) {
    const note = page.locator('.board .note').filter({ hasText: pattern });
    await note.waitFor();
    return note.innerText();
  }

  /** Until it is so; the last value. Fails the test by throwing where it does not come about. */
  async until(what, condition) {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const value = await condition();
      if (value)
        return value;
      if (Date.now() > end)
        throw new Error(`it did not come about: ${what}`);
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  }

  /** axe's findings in the page as it is. */
  async #findings(page) {
    const session = await page.context().newCDPSession(page);
    // Beside the page's own policy, which would not let a script in.
    const ask = async (expression, awaitPromise = false) => {
      const answer = await session.send('Runtime.evaluate', { expression, awaitPromise, returnByValue: true });
      if (answer.exceptionDetails)
        throw new Error(`axe: ${JSON.stringify(answer.exceptionDetails)}`);
      return answer.result.value;
    };
    await ask(`${axeSource}; 0`);
    const found = await ask(`axe.run(document, ${JSON.stringify(AXE)}).then((r) => r.violations.flatMap((v) =>
      v.nodes.map((n) => v.id + ': ' + n.target.join(' ') + ': ' + n.failureSummary.replace(/\\s+/g, ' '))))`, true);
    await session.detach();
    return found;
  }

  /** Nothing to find for axe, in light and in dark. */
  async axe(page, what) {
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      const found = await this.#findings(page);
      this.ok(`axe finds nothing: ${what}, ${colorScheme}`, found.length === 0, ...found);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  }

  /** Does the page fit the window's width, without scrolling sideways? */
  async #fits(page) {
    return page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
  }

  /**
   * A page as people will see it: axe in light and dark, no scrolling sideways on a phone; and with --shots its pictures.
   * @param {string} name of the picture, such as "keys" @param {{full?: boolean}} [options] full: all of the page
   */
  async look(page, name, { full = false } = {}) {
    await this.axe(page, name);
    const shoot = async (kind) => {
      if (this.shots)
        await page.screenshot({ path: join(this.shots, `${name}-${kind}.png`), fullPage: full, animations: 'disabled' });
    };
    await shoot('light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot('dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(PHONE);
    this.ok(`${name} fits a phone's width`, await this.#fits(page));
    const found = await this.#findings(page);
    this.ok(`axe finds nothing: ${name}, on a phone`, found.length === 0, ...found);
    await shoot('phone');
    await page.setViewportSize(DESKTOP);
  }

  /** What is focused, in words: its role or tag, and its name. */
  async focused(page) {
    return page.evaluate(() => {
      const e = document.activeElement;
      return `${e.getAttribute('role') ?? e.localName} ${(e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText ?? e.innerText ?? '').trim().replace(/\s+/g, ' ')}`;
    });
  }

  /** Press Tab until what is focused fits; throws where the whole page was gone through. */
  async tabTo(page, pattern, { back = false, most = 120 } = {}) {
    const met = [];
    for (let i = 0; i < most; i++) {
      met.push(await this.focused(page));
      if (pattern.test(met.at(-1)))
        return;
      await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    }
    throw new Error(`the keyboard does not get to ${pattern}, but to: ${[...new Set(met)].join('; ').slice(0, 1000)}`);
  }

  /** No key is left anywhere that outlives the page. */
  async noKeyStored(page) {
    const stored = await page.evaluate(async () => JSON.stringify({
      local: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie, address: location.href,
      history: history.state, name: window.name, databases: await indexedDB.databases(), caches: await caches.keys(),
      workers: (await navigator.serviceWorker?.getRegistrations() ?? []).length,
    }));
    const state = JSON.stringify(await page.context().storageState());
    this.ok('no key in storage, address or history', ![...this.keys].some((key) => (stored + state).includes(key)), stored);
    this.is('nothing is stored at all', [stored.includes('"local":{},"session":{},"cookies":""'), stored.includes('"databases":[],"caches":[]')], [true, true]);
  }

  /** What the pages show that are open, for whoever asks why a test failed. */
  async seen() {
    const pages = this.contexts.flatMap((context) => context.pages());
    return Promise.all(pages.map(async (page) => `${page.url()} shows: ${(await page.locator('body').innerText().catch(() => '')).slice(-1500)}`));
  }

  /** Close what was opened; one test more: nobody complained. */
  async end() {
    for (const context of this.contexts)
      await context.close();
    const complaints = [...new Set(this.complaints)];
    this.ok('the browser complains of nothing', complaints.length === 0, ...complaints);
  }
}
