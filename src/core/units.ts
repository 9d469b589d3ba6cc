import { z } from 'zod';

const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const durationFactors: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const expectedDuration = 'expected a duration with a unit, such as 500ms, 30s or 2m';
const ratePattern = /^(\d+(?:\.\d+)?)\/(s|m|h)$/;
const rateSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const expectedRate = 'expected a rate with a unit, such as 100/s or 6000/m';

/** `500ms`, `30s`, `2m`, `1h`, `1d` → milliseconds; undefined when it is none. */
export function parseDurationMs(text: string): number | undefined {
  const match = durationPattern.exec(text);
  const factor = durationFactors[match?.[2] ?? ''];
  return match === null || factor === undefined ? undefined : Number(match[1]) * factor;
}

/** `100/s`, `6000/m` → operations per second; undefined when it is none. */
export function parseRatePerSecond(text: string): number | undefined {
  const match = ratePattern.exec(text);
  const seconds = rateSeconds[match?.[2] ?? ''];
  return match === null || seconds === undefined ? undefined : Number(match[1]) / seconds;
}

/** A duration in YAML; a number of milliseconds in code. */
export function duration(): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
  return z
    .string(expectedDuration)
    .regex(durationPattern, expectedDuration)
    .meta({ examples: ['500ms', '30s', '2m'] })
    .transform((text) => parseDurationMs(text) ?? Number.NaN);
}

/** A rate in YAML; operations per second in code. */
export function rate(): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
  return z
    .string(expectedRate)
    .regex(ratePattern, expectedRate)
    .meta({ examples: ['100/s'] })
    .transform((text) => parseRatePerSecond(text) ?? Number.NaN);
}

/** Milliseconds as a duration in YAML: `500ms`, `30s`. Exact. */
export function writeDuration(ms: number): string {
  return ms >= 1000 && ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** Milliseconds for people: `840 ms`, `6.24 s`, `2 m 5 s`, `1 h 30 m`. */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return String(ms);
  if (ms < 0) return `-${formatMs(-ms)}`;
  if (ms < 9.95) return `${Math.round(ms * 10) / 10} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 119_995) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}

/** A count for people: `2,117`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
