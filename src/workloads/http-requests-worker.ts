import { type HttpTerms, openHttpClient } from './http-requests-client.ts';
import { serveOpenLoop } from './open-loop-worker.ts';

serveOpenLoop<HttpTerms>(async ({ data: terms, context }) => ({
  ...openHttpClient(terms),
  inFlight: terms.inFlight,
  header: {
    v: 1,
    workload: context.name,
    kind: 'http.requests',
    client: `node ${process.version}`,
    units: Object.keys(terms.units),
    spacingMs: 1000 / terms.ratePerSecond,
    deadlineMs: terms.deadlineMs,
    ledger: false,
    okMeans: `status ${terms.ok.join(', ')}`,
  },
}));
