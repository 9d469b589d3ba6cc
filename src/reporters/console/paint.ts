import { styleText } from 'node:util';
import type { Verdict } from '../../core/verdict.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it. Nothing is ever said by colour alone. */
export type Paint = (style: Style, text: string) => string;

/** `color` undefined: as the stream and NO_COLOR, FORCE_COLOR and TERM have it. */
export function createPaint(stream: NodeJS.WritableStream, color: boolean | undefined): Paint {
  const colored = color ?? styleText('bold', '?', { stream }) !== '?';
  return (style, text) => (colored ? styleText(style, text, { validateStream: false }) : text);
}

export const verdictStyle: Readonly<Record<Verdict, Style>> = {
  passed: ['bold', 'green'],
  failed: ['bold', 'red'],
  inconclusive: ['bold', 'yellow'],
};
