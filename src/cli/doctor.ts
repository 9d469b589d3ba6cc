import { diagnose } from '../toolchain/diagnose.ts';
import { type CommandContext, print, printJson } from './context.ts';

/** 0 when everything that is required is there, else 6. */
export async function doctor(options: { readonly json?: boolean }, cx: CommandContext): Promise<number> {
  const diagnoses = await diagnose();
  const ill = diagnoses.filter((diagnosis) => diagnosis.required && diagnosis.state !== 'ok');
  if (options.json === true) printJson(cx, diagnoses);
  else {
    const width = Math.max(...diagnoses.map(({ name }) => name.length));
    for (const { name, state, required, found, mend } of diagnoses) {
      const word = state === 'ok' ? 'ok' : required ? state.toUpperCase() : `${state} (optional)`;
      print(cx, `${name.padEnd(width)}  ${word.padEnd(8)}  ${found}`);
      if (state !== 'ok' && mend !== undefined) print(cx, `${' '.repeat(width)}  → ${mend}`);
    }
  }
  return ill.length === 0 ? 0 : 6;
}
