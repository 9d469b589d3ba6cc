// A client of the `command` workload that behaves as its first argument says, well or badly: for tests.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

type Start = { readonly units: readonly string[]; readonly ratePerSecond: number; readonly deadlineMs: number };
type Order = { clock?: number; start?: Start; stop?: true; readBack?: { addresses: readonly { node: string }[] } };

const [behaviour = 'good', argument = ''] = process.argv.slice(2);
const now = (): number => Number(process.hrtime.bigint());
/** The clock that it shows to Firedrill. */
let clock = now;
let operations = 0;
let timer: NodeJS.Timeout | undefined;

function say(line: object | string): void {
  process.stdout.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
}

function operate(unit: string): void {
  const i = operations++;
  if (behaviour === 'reads') {
    read(i, unit);
    return;
  }
  say({ sent: i, unit, at: clock() });
  if (behaviour === 'never settles') return;
  say({ settled: i, outcome: 'ok', at: clock() });
}

/** Of every ten records, one is committed and never processed, one is set aside, and one is read twice. */
function read(i: number, unit: string): void {
  say({ consumed: i, unit, at: clock() });
  if (i % 10 === 5) say({ deadLettered: i, unit, at: clock(), code: 'BAD_JSON' });
  else if (i % 10 !== 3) say({ processed: i, unit, at: clock() });
  if (i % 10 === 7) {
    say({ consumed: i, unit, at: clock() });
    say({ processed: i, unit, at: clock() });
  }
  say({ committed: i, unit, at: clock() });
}

function send({ units, ratePerSecond }: Start): void {
  const startedNs = now();
  let sent = 0;
  timer = setInterval(() => {
    const due = Math.floor(((now() - startedNs) / 1e9) * ratePerSecond);
    for (; sent < due; sent += 1) for (const unit of units) operate(unit);
  }, 1);
}

/** What is printed right after the start, by behaviour. */
const afterStart: Readonly<Record<string, () => void>> = {
  outcomes: () => {
    say({ sent: 1000, unit: 'all', at: clock(), due: clock() - 5e6 });
    say({ settled: 1000, outcome: 'failed', code: 'NOREPLICAS', at: clock() });
    say({ sent: 1001, unit: 'all', at: clock() });
    say({ settled: 1001, outcome: 'unknown', code: 'EOF', at: clock() + 1e6 });
    say({ notSent: 1002, unit: 'all', at: clock() });
    say({ sent: 1003, unit: 'all', at: clock() - 3e9 });
    say({ settled: 1003, outcome: 'ok', at: clock() });
    say({ settled: 1003, outcome: 'ok', at: clock() });
  },
  garbage: () => {
    say('hello, I am a log line');
    say({ settled: 999, outcome: 'ok', at: clock() });
    say({ sent: 1000, unit: 'nowhere', at: clock() });
    say({ sent: 1001, at: clock() / 1000 + 1e15 });
    say({ surprise: true });
  },
  'all at once': () => {
    for (let i = 0; i < 100_000; i += 1) operate('all');
  },
  'one long line': () => say('x'.repeat(5_000_000)),
  'exits early': () => {
    console.error('it was a bad day');
    process.exit(7);
  },
  'reports a problem': () => say({ problem: 'no such topic' }),
  'wall clock that jumps': () => {
    const before = clock;
    clock = () => before() + 50e6;
  },
};

const handlers: Readonly<Record<string, (order: Order) => void>> = {
  clock: (order) => {
    if (behaviour !== 'never answers') say({ clock: order.clock, at: clock() });
  },
  start: (order) => {
    if (order.start === undefined) return;
    send(order.start);
    afterStart[behaviour]?.();
  },
  stop: () => {
    if (behaviour === 'never stops') return;
    clearInterval(timer);
    if (behaviour === 'exits when stopped') process.exit();
    say({ stopped: true });
    if (behaviour === 'sends after the stop') say({ sent: 10_000_000, unit: 'all', at: clock() });
  },
  readBack: (order) => {
    const numbers = Array.from({ length: operations }, (_, i) => i);
    say({ read: numbers.slice(0, 10), unit: 'all', from: order.readBack?.addresses[0]?.node });
    say({ read: numbers.slice(10), unit: 'all', from: order.readBack?.addresses[0]?.node });
    say({ readBackDone: true });
  },
};

if (behaviour === 'own clock') clock = () => now() - Number(argument);
if (behaviour === 'never exits') process.on('SIGTERM', () => undefined);
if (behaviour === 'never exits' || behaviour === 'leaves a child') {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  console.error(`child ${child.pid}`);
}
if (behaviour === 'tells its pid') console.error(`program ${process.pid}`);
if (behaviour === 'tells its environment') console.error(JSON.stringify(process.env));
if (behaviour !== 'never says hello') {
  const version = behaviour === 'is from the future' ? 2 : 1;
  say({
    firedrill: version,
    client: `scripted ${behaviour}`,
    can: behaviour === 'cannot read' ? [] : ['readBack', 'consume'],
  });
}
const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const order = JSON.parse(line) as Order;
  for (const key of Object.keys(order)) handlers[key]?.(order);
});
input.on('close', () => {
  if (behaviour !== 'never exits') process.exit();
});
