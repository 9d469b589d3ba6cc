// An independent prober: a process of its own with raw sockets, that asks the Sentinels who the primary is and writes
// there, every 2 ms. Shares no code with what it checks. Its clock is CLOCK_MONOTONIC, as everybody's here.
//   node test/prober.ts <sentinel ports> <password-less key>
// Prints `ready` after the first ok; at the end of its stdin, one line of JSON with every gap over 50 ms.
import { connect, type Socket } from 'node:net';

const everyMs = 2;
const gapNs = 50_000_000n;
const [sentinelPorts = '', key = 'prober'] = process.argv.slice(2);
const sentinels = sentinelPorts.split(',').map(Number);

interface Ok {
  readonly sentNs: bigint;
  readonly settledNs: bigint;
}

const votes = new Map<number, number>();
const gaps: { readonly last: Ok; readonly first: Ok }[] = [];
let primaryPort: number | undefined;
let lastOk: Ok | undefined;

function count(): void {
  for (const port of new Set(votes.values())) {
    const named = [...votes.values()].filter((vote) => vote === port).length;
    if (named * 2 <= sentinels.length || port === primaryPort) continue;
    primaryPort = port;
    writer?.destroy();
    writer = undefined;
  }
}

function askSentinel(sentinelPort: number): void {
  const socket = connect(sentinelPort, '127.0.0.1');
  const ask = (): boolean => socket.write('SENTINEL GET-MASTER-ADDR-BY-NAME mymaster\r\n');
  socket.on('connect', ask);
  socket.on('data', (data) => {
    const port = /\$\d+\r\n(\d+)\r\n$/.exec(data.toString())?.[1];
    if (port !== undefined) votes.set(sentinelPort, Number(port));
    count();
    setTimeout(ask, everyMs);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    votes.delete(sentinelPort);
    setTimeout(askSentinel, everyMs, sentinelPort);
  });
}

let writer: Socket | undefined;
let sentNs = 0n;
let waiting = false;

function openWriter(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
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
  if (primaryPort !== undefined) writer ??= openWriter(primaryPort);
  if (writer === undefined || waiting || writer.readyState !== 'open') return;
  waiting = true;
  sentNs = process.hrtime.bigint();
  writer.write(`SET ${key} 1\r\n`);
}

for (const port of sentinels) askSentinel(port);
setInterval(write, everyMs);
process.stdin.resume().on('end', () => {
  const text = JSON.stringify(gaps, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  process.stdout.write(`${text}\n`, () => process.exit(0));
});
