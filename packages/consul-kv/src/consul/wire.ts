import { z } from 'zod';
import type { KvEntry, KvOperation } from '../kv-store.ts';

/** Key-value entries as Consul writes them. Values are base64; an empty value is null. */
const WireEntry = z.object({
  Key: z.string(),
  Value: z.string().nullable(),
  ModifyIndex: z.number(),
  LockIndex: z.number(),
  Session: z.string().optional(),
});

export const WireEntries = z.array(WireEntry);

export const WireKeys = z.array(z.string());

export const WireSession = z.object({ ID: z.string().min(1) });

export const WireTransaction = z.object({
  Results: z.array(z.object({ KV: z.object({ Key: z.string(), ModifyIndex: z.number() }).optional() })).nullish(),
  Errors: z.array(z.object({ OpIndex: z.number(), What: z.string() })).nullish(),
});

export function entryFromWire(wire: z.infer<typeof WireEntry>): KvEntry {
  return {
    key: wire.Key,
    value: wire.Value === null ? '' : Buffer.from(wire.Value, 'base64').toString('utf8'),
    index: wire.ModifyIndex,
    session: wire.Session === undefined || wire.Session === '' ? undefined : wire.Session,
    lockIndex: wire.LockIndex,
  };
}

export function operationToWire(operation: KvOperation): unknown {
  const { kind, key } = operation;
  return {
    KV: {
      Verb: kind === 'check-absent' ? 'check-not-exists' : kind,
      Key: key,
      ...('value' in operation && { Value: Buffer.from(operation.value, 'utf8').toString('base64') }),
      ...('ifIndex' in operation && { Index: operation.ifIndex }),
      ...('session' in operation && { Session: operation.session }),
    },
  };
}
