/** What a request is about. `other` is what none of {@link kindOf}'s paths leads to. */
export type ResourceKind =
  | 'directory'
  | 'new-nonce'
  | 'new-account'
  | 'account'
  | 'orders-list'
  | 'new-order'
  | 'order'
  | 'authorization'
  | 'challenge'
  | 'finalize'
  | 'certificate'
  | 'revoke-certificate'
  | 'key-change'
  | 'renewal-info'
  | 'other';

/** Pebble's paths, from its `wfe/wfe.go`. One that ends in a slash goes on. */
const pebblePaths: Readonly<Record<string, ResourceKind>> = {
  '/dir': 'directory',
  '/nonce-plz': 'new-nonce',
  '/sign-me-up': 'new-account',
  '/my-account/': 'account',
  '/list-orderz/': 'orders-list',
  '/order-plz': 'new-order',
  '/my-order/': 'order',
  '/authZ/': 'authorization',
  '/chalZ/': 'challenge',
  '/finalize-order/': 'finalize',
  '/certZ/': 'certificate',
  '/revoke-cert': 'revoke-certificate',
  '/rollover-account-key': 'key-change',
  '/draft-ietf-acme-ari-03/renewalInfo/': 'renewal-info',
};

/** @param path - as a request has it, with or without a query. */
export function kindOf(path: string): ResourceKind {
  const [pathname = ''] = path.split('?');
  const found = Object.entries(pebblePaths).find(([known]) =>
    known.endsWith('/') ? pathname.startsWith(known) : pathname === known,
  );
  return found?.[1] ?? 'other';
}
