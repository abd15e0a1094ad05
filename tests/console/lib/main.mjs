// SPDX-License-Identifier: MIT
// Runs the tests of tests/console, as tests/console/run asks; TAP on standard output.

import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { diag, done, fail } from './tap.mjs';
import { Site } from './site.mjs';
import { Test } from './test.mjs';
import { measure } from './measure.mjs';

const require = createRequire(join(process.env.CONSOLE_MODULES, 'x.js'));
const { chromium } = require('playwright-core');
const words = (name) => (process.env[name] ?? '').split(' ').filter(Boolean);
const shots = process.env.CONSOLE_SHOTS;

async function launch(home) {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    // An empty profile of playwright's, which it deletes; and nothing of the user's.
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

async function testNames() {
  const here = new URL('..', import.meta.url);
  const names = (await readdir(here)).filter((f) => f.endsWith('.mjs')).map((f) => f.slice(0, -4)).sort();
  const only = words('CONSOLE_ONLY');
  for (const name of only)
    if (!names.includes(name))
      throw new Error(`there is no tests/console/${name}.mjs`);
  return only.length > 0 ? only : names;
}

async function runOne(name, module, world) {
  const test = new Test(name, world);
  const began = Date.now();
  try {
    await module.run(test);
  } catch (error) {
    fail(`${world.site.form}: ${name}: goes through`, error.stack, ...await test.seen());
  }
  await test.end();
  diag(`${world.site.form}: ${name}: ${Math.round((Date.now() - began) / 100) / 10} s`);
}

/** As many at a time as there are processors: they wait for a browser and a server most of the time. */
async function sideBySide(list, run) {
  const left = [...list];
  await Promise.all(Array.from({ length: availableParallelism() }, async () => {
    while (left.length > 0)
      await run(left.shift());
  }));
}

async function runForm(form, first, names, browser) {
  const site = await Site.start(form, process.env.CONSOLE_BUILD);
  try {
    if (process.env.CONSOLE_MEASURE) {
      await measure(site, browser);
      return;
    }
    const modules = await Promise.all(names.map(async (name) => [name, await import(new URL(`../${name}.mjs`, import.meta.url))]));
    const mine = modules.filter(([, module]) => first || module.everywhere);
    const run = ([name, module]) => runOne(name, module, { site, browser, shots: first ? shots : '' });
    await sideBySide(mine.filter(([, module]) => !module.alone), run);
    for (const one of mine.filter(([, module]) => module.alone))
      await run(one);
  } finally {
    await site.end();
  }
}

async function main() {
  const names = await testNames();
  if (shots)
    await mkdir(shots, { recursive: true });
  const home = await mkdtemp(join(tmpdir(), 'grantd-chromium-'));
  const browser = await launch(home);
  try {
    let first = true;
    for (const form of words('CONSOLE_FORMS')) {
      await runForm(form, first, names, browser);
      first = false;
    }
  } finally {
    await browser.close();
    await rm(home, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  fail('the tests of the console run', error.stack);
}
process.exitCode = process.env.CONSOLE_MEASURE ? 0 : done();
