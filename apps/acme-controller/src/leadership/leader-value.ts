import { z } from 'zod';

const LeaderValue = z.object({ identity: z.string() });

/** What the lock says of its holder, for people and for reports. */
export function leaderValue(identity: string): string {
  const value: z.infer<typeof LeaderValue> = { identity };
  return JSON.stringify(value);
}

/** `undefined` when it says nothing that this version knows. */
export function leaderIdentity(value: string): string | undefined {
  try {
    return LeaderValue.parse(JSON.parse(value)).identity;
  } catch {
    return undefined;
  }
}
