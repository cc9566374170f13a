import { z } from 'zod';
import type { Environment } from '../environment.ts';
import { EnvironmentName, Zone } from '../names.ts';
import { Tenancy } from '../tenancy.ts';
import { Certificates } from './certificates.ts';

/**
 * What the certificate controller is told: which hosts it may serve, for whom, and where certificates come from. It is part of an
 * environment, as a file of its own that the controller reads.
 */
export const CertificatePolicy = z.strictObject({
  apiVersion: z.literal('gatefleet.dev/v1alpha1'),
  kind: z.literal('CertificatePolicy'),
  environment: EnvironmentName,
  domains: z.array(Zone).min(1),
  tenancy: Tenancy,
  certificates: Certificates,
});
export type CertificatePolicy = z.infer<typeof CertificatePolicy>;

export function certificatePolicyOf({ apiVersion, metadata, spec }: Environment): CertificatePolicy {
  return {
    apiVersion,
    kind: 'CertificatePolicy',
    environment: metadata.name,
    domains: spec.domains,
    tenancy: spec.tenancy,
    certificates: spec.certificates,
  };
}

/** Reads what {@link certificatePolicyOf} made, as JSON or YAML already parsed. @throws ZodError */
export function parseCertificatePolicy(content: unknown): CertificatePolicy {
  return CertificatePolicy.parse(content);
}
