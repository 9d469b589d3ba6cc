import type { Platform } from './platform.ts';

/** What a recipe may use. Nothing is taken from the process itself, so that a test can say what the machine has. */
export interface ToolContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: Platform;
  readonly signal?: AbortSignal | undefined;
  /** The tools that the recipe `needs`, by name: there when anything but `whyNotMade` and `mend` is asked of it. */
  readonly needed: Readonly<Record<string, Program>>;
  /** One line for people about what is going on. */
  onProgress(line: string): void;
}

/** A program that can be started as it is, given its `env`. */
export interface Program {
  readonly path: string;
  readonly version: string;
  /**
   * What comes before a node's own arguments. May hold what those may hold, and `{role}`: a Java virtual machine's
   * options, class path and main class are the tool's business.
   */
  readonly args?: readonly string[];
  /**
   * A directory whose files belong into a node's data directory before its first start. In `*.properties`, `{name}`
   * stands for what the node's `program.seed` says.
   */
  readonly seed?: string;
  /** To be set over the environment of whoever starts it: LD_LIBRARY_PATH, where its libraries are its own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Why a way to a program was no way, as the end of a sentence: `no redis-server on PATH`. */
export interface NotFound {
  readonly why: string;
  /** There is one, and it is not what it should be. */
  readonly broken?: boolean;
}

/** What `make` left in its directory. Paths are relative to it. */
export interface Made {
  readonly path: string;
  /** A directory of shared libraries that the program needs and the system does not have. */
  readonly libraries?: string;
  /** What it was made from, name to checksum, for the record. */
  readonly sources: Readonly<Record<string, string>>;
}

/** How one program is had: found on this machine, or made in the cache. Never by changing the system. */
export interface ToolRecipe {
  readonly name: string;
  /** Tools that this one is found, made and run with. */
  readonly needs?: readonly ToolRecipe[];
  /** Finds a suitable one on PATH. Resolves with the reason where there is none. */
  find(cx: ToolContext): Promise<Program | NotFound>;
  /** The directory's name in the cache: the same for what is interchangeable (version, system, architecture). */
  cacheKey(cx: ToolContext): string;
  /** Why it cannot be made on this machine, or undefined if it can. */
  whyNotMade(cx: ToolContext): string | undefined;
  /** Makes it in `directory`, which is empty. Throws a DrillError that says which step failed and what it printed. */
  make(cx: ToolContext, directory: string): Promise<Made>;
  /** Starts it to read its version, which proves that it runs here. Resolves with the reason if it is unsuitable. */
  inspect(cx: ToolContext, path: string, env?: Readonly<Record<string, string>>): Promise<Program | NotFound>;
  /** The one command, or sentence, that mends it when it was neither found nor made. */
  mend(cx: ToolContext): string;
}

/** Tells the two answers apart. */
export function isFound(answer: Program | NotFound): answer is Program {
  return 'path' in answer;
}
