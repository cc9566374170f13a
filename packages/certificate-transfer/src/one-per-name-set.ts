import type { DuplicateCertificate, TransferredCertificate } from './transferred-certificate.ts';

export interface Distinct {
  readonly certificates: readonly TransferredCertificate[];
  readonly duplicates: readonly DuplicateCertificate[];
}

/** Keeps one certificate for each set of names: the one that lasts longest, of equals the first. Both lists are in the order of the input. */
export function onePerNameSet(all: readonly TransferredCertificate[]): Distinct {
  const longest = new Map<string, TransferredCertificate>();
  for (const certificate of all) {
    const key = certificate.names.join('\n');
    const other = longest.get(key);
    if (other === undefined || Date.parse(certificate.notAfter) > Date.parse(other.notAfter))
      longest.set(key, certificate);
  }
  const kept = new Set(longest.values());
  return {
    certificates: all.filter((certificate) => kept.has(certificate)),
    duplicates: all.flatMap((certificate) => {
      const taken = longest.get(certificate.names.join('\n'));
      if (taken === undefined || taken === certificate) return [];
      const { source, names, notAfter } = certificate;
      return [{ source, names, notAfter, keptSource: taken.source }];
    }),
  };
}
