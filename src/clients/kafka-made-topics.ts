// Topics that were made by us, and go again: never one that was there before, or has taken the place of ours.
import type { AddressBook } from '../core/node.ts';
import { waitFor } from '../core/wait.ts';
import { throughOneBroker } from './kafka-admin.ts';
import { checkAllowed } from './kafka-denied.ts';
import { readMetadata } from './kafka-metadata.ts';
import type { KafkaNodes } from './kafka-nodes.ts';
import { onTopic } from './kafka-rights.ts';
import { deleteTopics } from './kafka-topics.ts';

export interface MadeTopic {
  readonly topic: string;
  /** Null until it is known: it was absent before, and so it is ours. */
  readonly topicId: string | null;
}

export interface DeletingTopics {
  readonly book: AddressBook;
  /** For all of it. */
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/** What became of each, in words, once no broker knows it any more. Idempotent. Rejects when one is still there. */
export async function deleteMadeTopics(
  nodes: KafkaNodes,
  made: readonly MadeTopic[],
  { book, withinMs, signal }: DeletingTopics,
): Promise<readonly string[]> {
  const metadata = await readMetadata(nodes, { book });
  const { topics } = metadata;
  const ours = made.flatMap(({ topic, topicId }) =>
    topics.has(topic) && (topicId === null || topics.get(topic)?.topicId === topicId) ? [topic] : [],
  );
  if (ours.length > 0) {
    const answers = await throughOneBroker(nodes, (broker) => deleteTopics(broker, ours, withinMs), metadata);
    for (const { name, error, message, errorCode } of answers) {
      checkAllowed(errorCode, 'DeleteTopics', onTopic('Delete', name));
      if (error === undefined || error === 'UNKNOWN_TOPIC_OR_PARTITION') continue;
      throw new Error(`topic "${name}" was not deleted: ${error} ${message}`.trimEnd());
    }
    const gone = async (): Promise<true | undefined> => {
      const { topics: left } = await readMetadata(nodes, { book });
      return ours.some((topic) => left.has(topic)) ? undefined : true;
    };
    await waitFor(gone, { withinMs, everyMs: 50, signal, what: `topic ${ours.join(', ')} to be gone` });
  }
  return made.map(({ topic }) => {
    if (ours.includes(topic)) return `topic ${topic} deleted`;
    return topics.has(topic) ? `topic ${topic} is another one now, and stays` : `topic ${topic} is not there`;
  });
}
