// What `run`, `plan` and `prove` take on the command line.
import { DrillError } from '../core/error.ts';

export interface RunOptions {
  readonly config?: string;
  readonly tag: readonly string[];
  readonly runtime?: string;
  /** Somebody's own cluster, by the name of its target file. */
  readonly target?: string;
  readonly param: readonly string[];
  readonly set: readonly string[];
  readonly seed?: string;
  readonly repeat?: string;
  readonly retryInconclusive?: string;
  readonly reporter: readonly string[];
  readonly keep?: boolean;
  /** True: a cluster of its own, even if a warm one is up. */
  readonly cold?: boolean;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly selftest?: boolean;
}

/** `--param name=value`, once for each. */
export function readParams(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at <= 0) throw new DrillError('USAGE', `--param wants name=value, not "${pair}"`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

export function readCount(option: string, text: string, least: number): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new DrillError('USAGE', `${option} wants a whole number of ${least} or more, not "${text}"`);
}
