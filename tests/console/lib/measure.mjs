// SPDX-License-Identifier: MIT
// How long people wait on a slow phone: 4× CPU throttling and "Fast 3G" (1.6 Mbit/s down, 0.75 up, 150 ms there and back).

import { makeTenant } from './api.mjs';
import { diag } from './tap.mjs';

const NETWORK = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
const ROUNDS = 5;

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

async function slowPage(browser) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', NETWORK);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  let bytes = 0;
  let requests = 0;
  session.on('Network.loadingFinished', (e) => { bytes += e.encodedDataLength; requests += 1; });
  return { context, page, count: () => ({ bytes, requests }) };
}

async function firstView(site, browser) {
  const { context, page, count } = await slowPage(browser);
  await page.goto(`${site.url}/console/`);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  const shown = await page.evaluate(() => Math.round(performance.now()));
  const first = count();
  const paint = await page.evaluate(() => Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1));
  await page.waitForLoadState('networkidle');
  await context.close();
  const all = count();
  return { shown, paint, first, all };
}

/** From pressing "Sign in" to the first row of grants. */
async function firstList(site, browser, client) {
  const { context, page } = await slowPage(browser);
  await page.goto(`${site.url}/console/`);
  await page.getByLabel('Tenant id').fill(client.tenant);
  await page.getByLabel('API key').fill(client.key);
  const began = Date.now();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('tbody tr').first().waitFor();
  const took = Date.now() - began;
  await context.close();
  return took;
}

/** Prints; judges nothing, as machines differ. */
export async function measure(site, browser) {
  const tenant = await makeTenant(site);
  for (let i = 0; i < 50; i++)
    await tenant.admin.grant({ grantee_id: `user-${i}@example.com` });
  const views = [];
  const lists = [];
  for (let i = 0; i < ROUNDS; i++) {
    views.push(await firstView(site, browser));
    lists.push(await firstList(site, browser, tenant.admin));
  }
  diag(`${site.form}: first view, medians of ${ROUNDS}: painted after ${median(views.map((v) => v.paint))} ms, ` +
    `sign-in usable after ${median(views.map((v) => v.shown))} ms; ${views[0].first.requests} requests, ` +
    `${views[0].first.bytes} bytes until then; with what comes while somebody types, ${views[0].all.requests} requests, ${views[0].all.bytes} bytes`);
  diag(`${site.form}: from "Sign in" to the first row of 50 grants: ${median(lists)} ms`);
}
