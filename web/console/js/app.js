// SPDX-License-Identifier: MIT
// The start: the sign-in page alone; all the rest is fetched while somebody types.

import { fetchRest, show } from './pages/signin.js';

show();
// Once it is painted. What fails here is told when it is needed.
requestAnimationFrame(() => setTimeout(() => fetchRest().catch(() => {})));
