import { CertificateRecord } from '@gatefleet/acme';
import { z } from 'zod';
import type { Candidate } from './candidate.ts';
import { checkCandidate } from './check-candidate.ts';
import { onePerNameSet } from './one-per-name-set.ts';
import type { ReadResult, RefusedCertificate, TransferredCertificate } from './transferred-certificate.ts';

const Transferred = z.object({
  names: z.array(z.string()).min(1),
  chain: z.string(),
  privateKey: z.string(),
  source: z.string(),
  fromBackup: CertificateRecord.pick({ ca: true, window: true }).optional(),
});

/** Checks certificates that were read elsewhere, and came from there as JSON, as if they were read here. */
export function checkCertificates(values: readonly unknown[], now: Date): ReadResult {
  const good: TransferredCertificate[] = [];
  const refused: RefusedCertificate[] = [];
  for (const [at, value] of values.entries()) {
    const checked = checkCandidate(toCandidate(value, at), now);
    if (checked.kind === 'good') good.push(checked.certificate);
    else refused.push(checked.refused);
  }
  return { ...onePerNameSet(good), refused };
}

function toCandidate(value: unknown, at: number): Candidate {
  const parsed = Transferred.safeParse(value);
  if (!parsed.success) return { source: `certificate ${at + 1}`, problem: 'it has another form', namesFrom: 'input' };
  const { names, fromBackup, ...rest } = parsed.data;
  const { ca, window } = fromBackup ?? {};
  const known = ca === undefined ? {} : { fromBackup: { ca, ...(window !== undefined && { window }) } };
  return { ...rest, ...known, stated: names, namesFrom: 'input' };
}
