/** One line of `firedrill doctor`. */
export interface Diagnosis {
  readonly name: string;
  /** `broken`: it is there, and not what it should be. */
  readonly state: 'ok' | 'missing' | 'broken';
  /** False if drills run without it as well. */
  readonly required: boolean;
  /** What is there (version, path, where from), or why there is nothing. */
  readonly found: string;
  /** The one command, or sentence, that mends it. Present unless the state is ok. */
  readonly mend?: string;
}
