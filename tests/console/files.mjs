// SPDX-License-Identifier: MIT
// The files themselves: all of them are installed, they are few and small, and nothing in them needs more than the policy allows.

import { readFile, readdir } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

/** As they are, and as they travel. They became smaller once: whoever adds to them looks for what can go. */
const MOST = 150000;
const MOST_COMPRESSED = 62000;

async function filesOf(folder) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((f) => f.isFile()).map((f) => `${f.parentPath ?? f.path}/${f.name}`);
}

export async function run(t) {
  const web = new URL('../../web/', import.meta.url).pathname;
  const files = (await filesOf(`${web}console`)).map((f) => f.slice(web.length).replaceAll('//', '/')).sort();
  const listed = [...(await readFile(`${web}local.mk`, 'utf8')).matchAll(/^\tweb\/(\S+)/gm)].map((m) => m[1]).sort();
  t.is('web/local.mk has every file', listed, files);
  const texts = await Promise.all(files.map((f) => readFile(web + f, 'utf8')));
  const sum = (list) => list.reduce((a, b) => a + b, 0);
  const size = sum(texts.map((text) => Buffer.byteLength(text)));
  const compressed = sum(texts.map((text) => gzipSync(text, { level: 6 }).length));
  t.ok(`all files together have less than ${MOST} bytes`, size < MOST, `${size} bytes`);
  t.ok(`and travel in less than ${MOST_COMPRESSED}`, compressed < MOST_COMPRESSED, `${compressed} bytes`);
  t.diag(`${files.length} files, ${size} bytes; compressed, ${compressed}`);
  const all = texts.join('\n');
  t.ok('nothing is read as markup or as a program',
    !/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setHTML|srcdoc|createContextualFragment|DOMParser/.test(all));
  t.ok('nothing is kept by the browser', !/localStorage|sessionStorage|indexedDB|document\.cookie|caches\.|serviceWorker/.test(all));
  t.ok('nothing comes from elsewhere', !/(?:src|href|from|import\()\s*=?\s*["'(]+(?:https?:)?\/\//.test(all));
  t.ok('every file says its license', texts.every((text, i) => text.includes('SPDX-License-Identifier: MIT') || files[i].endsWith('.svg')));
}
