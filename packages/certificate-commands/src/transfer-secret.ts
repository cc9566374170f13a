import { z } from 'zod';

/**
 * Of the one Secret, in the controller's namespace, by which certificates travel with their keys. It is there only while a command uses it;
 * the controller may read and change this Secret and no other.
 */
export const transferSecretName = 'gatefleet-certificate-transfer';

/** A Secret holds 1 MiB; so many bytes of JSON go at once. */
export const TRANSFER_PAGE_BYTES = 700_000;

const TransferPage = z.strictObject({
  /** Checked by whoever takes them. */
  certificates: z.array(z.unknown()),
  /** What an export goes on after; left out with the last page. */
  next: z.string().optional(),
});
export type TransferPage = z.infer<typeof TransferPage>;

/** As far as a Secret matters here. */
interface Secret {
  readonly data?: Readonly<Record<string, string>> | undefined;
}

/** The Secret to make. */
export function transferSecret(page: TransferPage): {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: { readonly name: string };
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
} {
  const metadata = { name: transferSecretName };
  return { apiVersion: 'v1', kind: 'Secret', metadata, type: 'gatefleet.dev/certificate-transfer', ...withPage(page) };
}

/** @returns undefined for what is no page */
export function pageOf({ data }: Secret): TransferPage | undefined {
  try {
    const text = Buffer.from(data?.['page'] ?? '', 'base64').toString();
    return TransferPage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What is to be merged into the Secret. */
export function withPage(page: TransferPage): { readonly data: { readonly page: string } } {
  return { data: { page: Buffer.from(JSON.stringify(page)).toString('base64') } };
}

/** In their order, so many together as one page holds; at least one. */
export function transferPages<T>(certificates: readonly T[]): T[][] {
  const pages: T[][] = [];
  let bytes = Infinity;
  for (const certificate of certificates) {
    const own = Buffer.byteLength(JSON.stringify(certificate)) + 1;
    bytes += own;
    if (bytes > TRANSFER_PAGE_BYTES) {
      pages.push([]);
      bytes = own;
    }
    pages.at(-1)?.push(certificate);
  }
  return pages;
}
