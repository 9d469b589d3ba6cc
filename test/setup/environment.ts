// Unit tests share a process: what a file leaves in the environment, the next one would find, as early as on import.
import { afterAll, expect } from 'vitest';

const before = { ...process.env };
afterAll(() => expect(process.env, 'the environment after this file').toEqual(before));
