// `npm run nightly`: a test for each drill that is tagged nightly. A repository of one's own has the same lines, with
// `firedrill/vitest` for the import.
import { testDrills } from '../../src/vitest.ts';

const runtime = process.env['FIREDRILL_RUNTIME'];

await testDrills({ tag: 'nightly', retryInconclusive: 1, ...(runtime === undefined ? {} : { runtime }) });
