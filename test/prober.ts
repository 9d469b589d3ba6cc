// An independent prober: a process of its own with raw sockets, that asks the Sentinels who the primary is and writes
// there, every 2 ms. Shares no code with what it checks. Its clock is CLOCK_MONOTONIC, as everybody's here.
//   node test/prober.ts '<address book as JSON>'
// Prints `ready` after the first ok; at the end of its stdin, one line of JSON with every gap over 50 ms.
import { connect, type Socket } from 'node:net';

interface Address {
  readonly host: string;
  readonly port: number;
}
interface Row {
  readonly role: string;
  readonly announced: Address;
  readonly address: Address;
}

const everyMs = 2;
const gapNs = 50_000_000n;
const { rows } = JSON.parse(process.argv[2] ?? '{}') as { readonly rows: readonly Row[] };
const sentinels = rows.filter((row) => row.role === 'sentinel');

interface Ok {
  readonly sentNs: bigint;
  readonly settledNs: bigint;
}

const votes = new Map<Row, Address | undefined>();
const gaps: { readonly last: Ok; readonly first: Ok }[] = [];
let primary: Address | undefined;
let lastOk: Ok | undefined;

function count(): void {
  for (const named of votes.values()) {
    const voters = [...votes.values()].filter((vote) => vote === named).length;
    if (named === undefined || voters * 2 <= sentinels.length || named === primary) continue;
    primary = named;
    writer?.destroy();
    writer = undefined;
  }
}

function askSentinel(sentinel: Row): void {
  const socket = connect(sentinel.address);
  const ask = (): boolean => socket.write('SENTINEL GET-MASTER-ADDR-BY-NAME mymaster\r\n');
  socket.on('connect', ask);
  socket.on('data', (data) => {
    const [, , host, , port] = data.toString().split('\r\n');
    const named = rows.find(({ announced }) => announced.host === host && announced.port === Number(port));
    votes.set(sentinel, named?.address);
    count();
    setTimeout(ask, everyMs);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    votes.delete(sentinel);
    setTimeout(askSentinel, everyMs, sentinel);
  });
}

let writer: Socket | undefined;
let sentNs = 0n;
let waiting = false;

function openWriter(to: Address): Socket {
  const socket = connect(to);
  waiting = false;
  socket.on('data', (data) => {
    if (socket !== writer) return;
    waiting = false;
    if (data.toString() === '+OK\r\n') ok({ sentNs, settledNs: process.hrtime.bigint() });
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (socket === writer) writer = undefined;
  });
  return socket;
}

function ok(now: Ok): void {
  if (lastOk === undefined) process.stdout.write('ready\n');
  else if (now.settledNs - lastOk.settledNs > gapNs) gaps.push({ last: lastOk, first: now });
  lastOk = now;
}

function write(): void {
  if (primary !== undefined) writer ??= openWriter(primary);
  if (writer === undefined || waiting || writer.readyState !== 'open') return;
  waiting = true;
  sentNs = process.hrtime.bigint();
  writer.write('SET prober 1\r\n');
}

for (const sentinel of sentinels) askSentinel(sentinel);
setInterval(write, everyMs);
process.stdin.resume().on('end', () => {
  const text = JSON.stringify(gaps, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  process.stdout.write(`${text}\n`, () => process.exit(0));
});
