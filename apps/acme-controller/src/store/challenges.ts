import { ChallengeRecord, type ChallengeStore } from '@gatefleet/acme';
import type { KvOperation, KvStore } from '@gatefleet/consul-kv';
import type { Fence } from './fence.ts';
import { MAX_FENCED_OPERATIONS } from './fence.ts';
import { CHALLENGES } from './keys.ts';

/** Reads one challenge as it is in the store, of whatever age. */
export async function loadChallenge(
  store: KvStore,
  token: string,
  signal: AbortSignal,
): Promise<ChallengeRecord | undefined> {
  const entry = await store.get(CHALLENGES + token, signal);
  return entry === undefined ? undefined : ChallengeRecord.parse(JSON.parse(entry.value));
}

/** Not encrypted: a key authorization is made to be shown. */
export function challengeStore(store: KvStore, fence: Fence): ChallengeStore {
  async function write(operations: readonly KvOperation[], signal: AbortSignal): Promise<'done' | 'lost-leadership'> {
    for (let at = 0; at < operations.length; at += MAX_FENCED_OPERATIONS) {
      const result = await fence.transact(operations.slice(at, at + MAX_FENCED_OPERATIONS), signal);
      if (result.kind === 'lost-leadership') return 'lost-leadership';
    }
    return 'done';
  }

  return {
    load: (token, signal) => loadChallenge(store, token, signal),

    async list(signal) {
      const entries = await store.list(CHALLENGES, signal);
      return entries.map(({ value }) => ChallengeRecord.parse(JSON.parse(value)));
    },

    async publish(challenges, signal) {
      const sets = challenges.map((challenge): KvOperation => ({
        kind: 'set',
        key: CHALLENGES + challenge.token,
        value: JSON.stringify(challenge),
      }));
      return (await write(sets, signal)) === 'done' ? 'written' : 'lost-leadership';
    },

    async remove(tokens, signal) {
      const deletes = tokens.map((token): KvOperation => ({ kind: 'delete', key: CHALLENGES + token }));
      return (await write(deletes, signal)) === 'done' ? 'deleted' : 'lost-leadership';
    },
  };
}
