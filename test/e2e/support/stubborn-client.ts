// A client for the `command` workload that does nothing but talk, and that does not end when its input does.
import { createInterface } from 'node:readline';

type Line = Readonly<Record<string, unknown>>;

const now = (): number => Number(process.hrtime.bigint());
const say = (line: Line): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
let timer: NodeJS.Timeout | undefined;

process.on('SIGTERM', () => undefined);
process.stdout.on('error', () => undefined);
setInterval(() => undefined, 60_000);
say({ firedrill: 1, client: 'stubborn' });
createInterface(process.stdin).on('line', (text) => {
  const line = JSON.parse(text) as Line;
  if ('clock' in line) say({ clock: line['clock'], at: now() });
  else if ('start' in line) begin();
  else if ('stop' in line) {
    clearInterval(timer);
    say({ stopped: true });
  }
});

function begin(): void {
  let i = 0;
  timer = setInterval(() => {
    say({ sent: i, at: now() });
    say({ settled: i, outcome: 'ok', at: now() });
    i += 1;
  }, 20);
}
