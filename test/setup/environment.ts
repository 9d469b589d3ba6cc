// Unit tests share a process: what a file leaves in the environment, the next one would find, as early as on import.
import { afterAll } from 'vitest';

const before = { ...process.env };
afterAll(() => {
  const names = new Set([...Object.keys(before), ...Object.keys(process.env)]);
  const left = [...names].filter((name) => process.env[name] !== before[name]);
  if (left.length > 0) throw new Error(`this file has left ${left.join(', ')} changed in the environment`);
});
