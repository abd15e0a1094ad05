// SPDX-License-Identifier: MIT
// A running site: tests/console/site as a child, which ends with this process.

import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export class Site {
  /** @param {string} form of deploy/lib/web.sh @param {string} build folder with grantd and grantctl */
  static async start(form, build) {
    const site = new Site();
    site.form = form;
    site.build = build;
    site.child = spawn(fileURLToPath(new URL('../site', import.meta.url)), [form, build],
      { stdio: ['pipe', 'pipe', 'inherit'] });
    site.ended = new Promise((resolve) => site.child.once('exit', resolve));
    site.lines = createInterface({ input: site.child.stdout })[Symbol.asyncIterator]();
    const told = {};
    for (;;) {
      const { value: line, done } = await site.lines.next();
      if (done)
        throw new Error(`no site behind ${form}`);
      if (line === 'ready')
        break;
      const [name, ...rest] = line.split('=');
      told[name] = rest.join('=');
    }
    const { url, console: files, logs, ...database } = told;
    return Object.assign(site, { url, files, logs, database });
  }

  async #tell(command) {
    this.child.stdin.write(`${command}\n`);
    const { value } = await this.lines.next();
    if (value !== 'ok')
      throw new Error(`the site did not ${command}`);
  }

  /** The web server and grantd; the database stays. */
  stop() {
    return this.#tell('stop');
  }

  start() {
    return this.#tell('start');
  }

  async end() {
    this.child.stdin.end();
    const status = await this.ended;
    if (status !== 0)
      throw new Error(`the site ended with status ${status}`);
  }

  /** As the database's superuser; the rows as text. */
  async sql(query) {
    const { stdout } = await run('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-c', query],
      { env: { ...process.env, ...this.database }, maxBuffer: 1 << 26 });
    return stdout.trimEnd();
  }

  /** @param {...string} args @returns {Promise<string>} its output */
  async grantctl(...args) {
    const { stdout } = await run(`${this.build}/grantctl`, args,
      { env: { ...process.env, ...this.database }, maxBuffer: 1 << 26 });
    return stdout;
  }
}
