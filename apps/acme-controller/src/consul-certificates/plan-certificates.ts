const DAY_MS = 86_400_000;

/** How long what is made lasts. */
export const authorityLifeMs = 3_650 * DAY_MS;
export const certificateLifeMs = 90 * DAY_MS;

/** A new authority signs only after this time: gateways read whom they trust when they start, and no gateway runs for a year. */
const TRUSTED_BEFORE_MS = 365 * DAY_MS;
/** An authority that signs no more is trusted for this time: files in Pods, and what reads them, follow within minutes. */
const TRUSTED_AFTER_MS = DAY_MS;

/** When a certificate is valid. */
export interface Life {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface KnownCertificates {
  /** Oldest first. */
  readonly authorities: readonly Life[];
  /** That of the servers, and which of the authorities signed it; undefined where there is none that they could use. */
  readonly certificate: (Life & { readonly authority: number }) | undefined;
}

/** What an administrator wants at once, in this order, each when all have followed the one before: see `gatefleet rotate`. */
export const rotationSteps = ['authority', 'certificate', 'finish'] as const;
export type RotationStep = (typeof rotationSteps)[number];

export interface CertificatesPlan {
  /** How many of the authorities, the oldest first, are to be forgotten. */
  readonly forget: number;
  readonly makeAuthority: boolean;
  /** Which authority is to sign a new certificate for the servers, the one to be made being the last; undefined where there is no need. */
  readonly signer: number | undefined;
}

/** Certificates and authorities are replaced when two thirds of their lives are over, and always so that all trust what they are shown. */
export function planCertificates(
  { authorities, certificate }: KnownCertificates,
  now: Date,
  step?: RotationStep,
): CertificatesPlan {
  const age = ({ notBefore }: Life) => now.getTime() - notBefore.getTime();
  const isDue = (life: Life) => age(life) >= ((life.notAfter.getTime() - life.notBefore.getTime()) * 2) / 3;
  const newest = authorities.at(-1);
  const last = authorities.length - 1;
  const makeAuthority =
    newest === undefined || isDue(newest) || (step === 'authority' && certificate?.authority === last);

  const firstAlive = authorities.findIndex(({ notAfter }) => notAfter > now);
  const signer = Math.max(
    certificate?.authority ?? 0,
    firstAlive === -1 ? authorities.length : firstAlive,
    step === 'certificate' ? last : authorities.findLastIndex((authority) => age(authority) >= TRUSTED_BEFORE_MS),
  );
  if (certificate === undefined || certificate.authority !== signer || isDue(certificate) || step === 'certificate') {
    return { forget: 0, makeAuthority, signer };
  }
  const isEverywhere = step === 'finish' || age(certificate) >= TRUSTED_AFTER_MS;
  return { forget: isEverywhere ? certificate.authority : 0, makeAuthority, signer: undefined };
}
