// Plays `ssh <host> … systemctl …` and `kubectl …`, in the words of their manuals, for one unit or one pod that is a real
// process. No systemd and no Kubernetes was asked. RECORDED_DIR holds its pid, whether it is masked, and every call.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { identityOf } from '../../src/core/process-identity.ts';

const [program = '', ...argv] = process.argv.slice(2);
const dir = process.env['RECORDED_DIR'] ?? '';
const file = (name: string): string => join(dir, name);
appendFileSync(file('calls'), `${JSON.stringify([basename(program), ...argv])}\n`);

function running() {
  return existsSync(file('pid')) ? identityOf(Number(readFileSync(file('pid'), 'utf8'))) : undefined;
}

function start(): void {
  if (running() !== undefined) return;
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  writeFileSync(file('pid'), String(child.pid));
  child.unref();
}

function send(signal: string): void {
  const found = running();
  if (found !== undefined) process.kill(found.pid, `SIG${signal}` as NodeJS.Signals);
}

function fail(code: number, message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = code;
}

function systemctl(words: readonly string[]): void {
  const [verb = '', ...rest] = words.filter((word) => word !== '--runtime');
  const isMasked = existsSync(file('masked'));
  const verbs: Readonly<Record<string, () => void>> = {
    mask: () => writeFileSync(file('masked'), ''),
    unmask: () => rmSync(file('masked'), { force: true }),
    kill: () => {
      send(rest[rest.indexOf('--signal') + 1] ?? 'TERM');
      // A unit that restarts by itself does so unless it is masked.
      if (rest.includes('KILL') && !isMasked) start();
    },
    start: () =>
      isMasked ? fail(1, `Failed to start ${rest[0]}.service: Unit ${rest[0]}.service is masked.`) : start(),
    show: () => {
      const found = running();
      const [pid, since] = [found?.pid ?? 0, found?.startTime ?? 0];
      process.stdout.write(`MainPID=${pid}\nExecMainStartTimestampMonotonic=${since}\n`);
    },
  };
  (verbs[verb] ?? (() => fail(1, `Unknown command verb ${verb}.`)))();
}

function kubectl(words: readonly string[]): void {
  const [verb] = words;
  const found = running();
  if (verb === 'delete') {
    send('KILL');
    process.stdout.write(`pod "${words[2]}" force deleted\n`);
  } else if (verb === 'wait') start();
  else if (verb === 'exec') send(/-(STOP|CONT)/.exec(words.at(-1) ?? '')?.[1] ?? '');
  else if (verb === 'get' && found === undefined) fail(1, `Error from server (NotFound): pods "${words[2]}" not found`);
  else if (verb === 'get') process.stdout.write(`0a1b2c3d-uid containerd://${found?.startTime} Running`);
  else fail(1, `error: unknown command "${verb}"`);
}

if (basename(program) === 'kubectl') kubectl(argv);
else systemctl(argv.slice(argv.indexOf('systemctl') + 1));
