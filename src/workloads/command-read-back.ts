// What a program reads back of its ledger, collected line by line and written as one file.
import { open } from 'node:fs/promises';
import { type ReadLine, unitIndex } from './command-protocol.ts';

interface Section {
  readonly unit: string;
  readonly from: string;
  readonly authoritative: boolean;
  readonly values: (readonly number[])[];
}

export class ReadBackLines {
  readonly #units: readonly string[];
  readonly #sections = new Map<string, Section>();

  constructor(units: readonly string[]) {
    this.#units = units;
  }

  /** Lines of the same unit and place continue each other. Throws an Error that says what is wrong. */
  add({ read, unit: name, from, authoritative }: ReadLine): void {
    const unit = this.#units[unitIndex(this.#units, name)] ?? '';
    const key = JSON.stringify([unit, from]);
    const section = this.#sections.get(key) ?? { unit, from, authoritative, values: [] };
    this.#sections.set(key, section);
    section.values.push(read);
  }

  /** Units of which nothing was said: not even that they are empty. */
  missing(): readonly string[] {
    const said = new Set([...this.#sections.values()].filter((each) => each.authoritative).map((each) => each.unit));
    return this.#units.filter((unit) => !said.has(unit));
  }

  async write(file: string): Promise<void> {
    await using out = await open(file, 'w');
    for (const { values, ...place } of this.#sections.values()) {
      const lines = [place, ...values].map((line) => `${JSON.stringify(line)}\n`);
      await out.write(lines.join(''));
    }
  }
}
