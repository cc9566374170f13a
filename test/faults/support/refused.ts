import type { Stand } from './stand.ts';

/** Starts a replica that is to end by itself, at once or a little later. @returns all that it said, once it has said why */
export function refused(at: Stand, which: 0 | 1, why: RegExp): Promise<string> {
  return at.startReplica(which).then(async (replica) => {
    await at.untilSays(replica, why);
    return replica.output();
  }, String);
}
