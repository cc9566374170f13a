import { z } from 'zod';
import { architectures } from './platform.ts';

const Pinned = z.strictObject({
  version: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Which packages of Debian are in our images: `debian-lock.json`, written by `main.ts lock`. */
export const DebianLock = z.strictObject({
  release: z.string().describe('Of Debian: the number in its os-release.'),
  codename: z.string(),
  packages: z.record(z.string(), z.record(z.enum(architectures), Pinned)),
});
export type DebianLock = z.infer<typeof DebianLock>;
