import { askCompose, askEngine } from '../../src/toolchain/images/engine.ts';
import { createToolContext } from '../../src/toolchain/provision.ts';

/**
 * For `describe.skipIf`: true where no engine or no Compose answers, and the reason is printed. In CI it is never true:
 * there they are installed beforehand, and tests that cannot run have failed.
 */
export async function withoutContainers(): Promise<boolean> {
  const cx = createToolContext({});
  const answers = await Promise.all([askEngine(cx), askCompose(cx)]);
  const reasons = answers.flatMap((answer) => ('why' in answer ? [answer.why] : []));
  if (reasons.length === 0 || process.env['CI']) return false;
  console.log(
    `Skipped, because containers cannot be had here: ${reasons.join('; ')}. fixtures/docker-engine.sh installs them.`,
  );
  return true;
}
