// `npm run bench -- outages [worlds] [first seed]`: does the true outage lie between the bounds, in so many random worlds?
import { contradictions, randomWorld } from '../test/worlds.ts';

const [, worlds = '20000', first = '1'] = process.argv.slice(2);
let wrong = 0;
for (let seed = Number(first); seed < Number(first) + Number(worlds); seed++) {
  const found = contradictions(randomWorld(seed));
  if (found.length > 0) wrong++;
  for (const what of found) console.log(`seed ${seed}: ${what}`);
}
console.log(`${worlds} worlds, ${wrong} in which the truth was not between the bounds`);
if (wrong > 0) process.exitCode = 1;
