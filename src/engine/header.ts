import { createHash, randomBytes } from 'node:crypto';
import { cpus, release, totalmem } from 'node:os';
import type { Drill } from '../core/drill.ts';
import type { JsonObject } from '../core/json.ts';
import type { RunRequest } from './run.ts';

/** `20261121-1403-redis-primary-kill-3fa9`: sorts by time, says what it was, and is not the same twice. */
export function createRunId(name: string, at: Date = new Date()): string {
  const stamp = at.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${name.replaceAll(/[^a-z0-9-]+/gi, '-').slice(0, 40)}-${randomBytes(2).toString('hex')}`;
}

export function hostFacts(): JsonObject {
  return {
    platform: process.platform,
    arch: process.arch,
    kernel: release(),
    cpus: cpus().length,
    memoryBytes: totalmem(),
  };
}

/** Two runs with the same hash ran the same drill, with the same params and settings, on the same kind of runtime. */
export function configHash(drill: Drill, runtime: string): string {
  return createHash('sha256')
    .update(JSON.stringify([drill.document, drill.params, runtime]))
    .digest('hex')
    .slice(0, 16);
}

export type RunHeader = RunRequest['header'];
