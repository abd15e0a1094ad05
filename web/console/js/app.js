// SPDX-License-Identifier: MIT
// The start: the sign-in page alone; all the rest is fetched while somebody types.

import { fetchRest, show } from './pages/signin.js';

show();
// Not before the page is there and at ease; where somebody is faster, "Sign in" waits for it. What fails here is told then.
setTimeout(() => fetchRest().catch(() => {}), 500);
