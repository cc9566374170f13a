import { createHash } from 'node:crypto';

/** A bill of materials in CycloneDX 1.5, as far as we touch one. */
export interface Bill {
  readonly $schema: string;
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber?: string;
  readonly version: number;
  readonly metadata: { readonly component: Component; readonly timestamp?: string; readonly tools?: readonly object[] };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

export interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly [more: string]: unknown;
}

/**
 * The bill with its time, and a serial number that follows from its content: the same parts have the same bill.
 * @param created - seconds since 1970
 */
export function dated(bill: Bill, created: number): Bill {
  const metadata = { ...bill.metadata, timestamp: new Date(created * 1_000).toISOString() };
  const { serialNumber: _, ...content } = { ...bill, metadata };
  const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  // Version 8 of a UUID: made in a way of one's own.
  const uuid = hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
  return { ...content, serialNumber: `urn:uuid:${uuid}` };
}
