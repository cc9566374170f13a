import { systemClock } from '../clock.ts';
import { AcmeError } from '../errors.ts';
import type { AccountKey } from './account-key.ts';
import { bindExternalAccount, type ExternalAccount } from './external-account.ts';
import type { Endpoint } from './endpoint-gates.ts';
import { readBody, type CertificateAuthority, type SignedRequest } from './certificate-authority.ts';
import { revocationCodes, type RevocationReason } from '../records.ts';
import type { HttpResponse } from './http.ts';
import { repeatRead } from './repeat-read.ts';
import { Account, Authorization, Order, OrdersList } from './resources.ts';
import { parseRetryAfter } from './retry-after.ts';

/** What the CA says of an order, and when it wants to be asked next. */
export interface OrderState {
  readonly order: Order;
  readonly retryAfter: Date | undefined;
}

export interface NewOrder {
  readonly names: readonly string[];
  /** One of the directory's profiles; left out for a CA that lists none. */
  readonly profile?: string | undefined;
  /** Identifier of the certificate that this one is to replace; left out for a CA without renewal information. @see RFC 9773, section 5 */
  readonly replaces?: string | undefined;
}

/** One account at one CA. What reads is repeated where an answer was lost; what changes something is sent once. Every method throws {@link AcmeError}, or the signal's reason when that was aborted. */
export interface AcmeAccount {
  readonly url: string;
  /** For key authorizations. */
  readonly thumbprint: string;
  /** Of keys that it had before. */
  readonly formerThumbprints: readonly string[];
  /** Whether {@link NewOrder.replaces} reaches the CA. */
  takesReplaces(signal: AbortSignal): Promise<boolean>;
  /** What the CA's directory says of how a hashed account begins. @see draft-ietf-acme-dns-persist-02 */
  hashPrefix(signal: AbortSignal): Promise<string | undefined>;
  /** Not to be repeated blindly: the CA may make another order each time. */
  newOrder(order: NewOrder, signal: AbortSignal): Promise<OrderState & { readonly url: string }>;
  /** @throws AcmeError `ORDER_LOST` when the CA has no such order for this account. */
  order(url: string, signal: AbortSignal): Promise<OrderState>;
  /**
   * URLs of this account's orders, page by page; none where the CA keeps no such list (Let's Encrypt does not).
   *
   * @param from - a page's URL to begin with, instead of the first
   */
  orders(signal: AbortSignal, from?: string): AsyncIterable<OrdersPage>;
  authorization(url: string, signal: AbortSignal): Promise<Authorization>;
  /** Tells the CA that the answer to this challenge stands ready. */
  answerChallenge(url: string, signal: AbortSignal): Promise<void>;
  /** @param csr - DER in base64url. */
  finalize(url: string, csr: string, signal: AbortSignal): Promise<OrderState>;
  /** @param der - in base64url. A certificate that is revoked already counts as done. */
  revoke(der: string, reason: RevocationReason, signal: AbortSignal): Promise<void>;
  /** A chain in PEM, leaf first. */
  certificate(url: string, signal: AbortSignal): Promise<string>;
}

/** @see RFC 8555, section 7.1.2.1 */
export interface OrdersPage {
  readonly url: string;
  readonly orders: readonly string[];
}

export interface Registration {
  /** `mailto:` URLs. */
  readonly contact: readonly string[];
  /** Finds the key's account, and makes none: then {@link AcmeError} `ACCOUNT_UNKNOWN`. */
  readonly onlyReturnExisting?: boolean;
  /** For a CA that makes no account of its own for strangers. */
  readonly externalAccount?: ExternalAccount | undefined;
}

/** Makes the account of this key, or finds it: repeating it is harmless. Agrees to the CA's terms of service. Gives the account's URL. */
export async function registerAccount(
  ca: CertificateAuthority,
  key: AccountKey,
  { contact, onlyReturnExisting = false, externalAccount }: Registration,
  signal: AbortSignal,
): Promise<string> {
  const { newAccount, meta } = await ca.directory(signal);
  const doing = `registering the account at ${newAccount}`;
  if (meta?.externalAccountRequired === true && externalAccount === undefined && !onlyReturnExisting) {
    throw new AcmeError('REFUSED', `${doing}: the CA wants an account of its own to bind it to`, {
      hint: 'give the issuer an externalAccountBinding',
    });
  }
  const binding = externalAccount && bindExternalAccount(externalAccount, key, newAccount);
  const payload = onlyReturnExisting
    ? { onlyReturnExisting }
    : { termsOfServiceAgreed: true, contact, externalAccountBinding: binding };
  const request = { endpoint: 'newAccount', url: newAccount, payload, key } as const;
  return location(doing, newAccount, await ca.post(doing, request, signal));
}

export function openAccount(
  ca: CertificateAuthority,
  key: AccountKey,
  accountUrl: string,
  formerThumbprints: readonly string[] = [],
): AcmeAccount {
  const post = (endpoint: Endpoint, doing: string, url: string, signal: AbortSignal, payload?: object) =>
    ca.post(doing, { endpoint, url, key, accountUrl, ...(payload === undefined ? {} : { payload }) }, signal);

  const read = (endpoint: Endpoint, doing: string, url: string, signal: AbortSignal) =>
    repeatRead(() => post(endpoint, doing, url, signal), systemClock, signal);

  return {
    url: accountUrl,
    thumbprint: key.thumbprint,
    formerThumbprints,

    async takesReplaces(signal) {
      return (await ca.directory(signal)).renewalInfo !== undefined;
    },

    async hashPrefix(signal) {
      return (await ca.directory(signal)).meta?.accountHashPrefix;
    },

    async newOrder({ names, profile, replaces }, signal) {
      const { newOrder, renewalInfo, meta } = await ca.directory(signal);
      const doing = `ordering a certificate for ${names.join(', ')}`;
      const payload = {
        identifiers: names.map((value) => ({ type: 'dns', value })),
        profile: offeredProfile(doing, profile, meta?.profiles),
        replaces: renewalInfo === undefined ? undefined : replaces,
      };
      const response = await post('newOrder', doing, newOrder, signal, payload);
      return { url: location(doing, newOrder, response), ...orderState(doing, response) };
    },

    async order(url, signal) {
      const doing = `reading order ${url}`;
      try {
        return orderState(doing, await read('order', doing, url, signal));
      } catch (error) {
        const lost =
          error instanceof AcmeError && error.code === 'REFUSED' && (error.status === 404 || error.status === 403);
        throw lost ? new AcmeError('ORDER_LOST', error.message, { cause: error, status: error.status }) : error;
      }
    },

    async *orders(signal, from) {
      const doing = `listing the orders of account ${accountUrl}`;
      let next = from ?? readBody(doing, await read('account', doing, accountUrl, signal), Account).orders;
      while (next !== undefined) {
        const page = await read('account', doing, next, signal);
        yield { url: next, orders: readBody(doing, page, OrdersList).orders };
        next = nextPage(page, next);
      }
    },

    async authorization(url, signal) {
      const doing = `reading authorization ${url}`;
      return readBody(doing, await read('authorization', doing, url, signal), Authorization);
    },

    async answerChallenge(url, signal) {
      await post('challenge', `answering challenge ${url}`, url, signal, {});
    },

    async finalize(url, csr, signal) {
      const doing = `finalizing ${url}`;
      return orderState(doing, await post('finalize', doing, url, signal, { csr }));
    },

    revoke: (der, reason, signal) => sendRevocation(ca, { key, accountUrl }, { der, reason }, signal),

    async certificate(url, signal) {
      const accept = 'application/pem-certificate-chain';
      const request = { endpoint: 'certificate', url, key, accountUrl, accept } as const;
      const download = () => ca.post(`downloading certificate ${url}`, request, signal);
      return (await repeatRead(download, systemClock, signal)).body;
    },
  };
}

/**
 * A CA that lists no profiles makes certificates of one kind, and must not be asked for another.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-acme-profiles/ (section 4)
 */
function offeredProfile(
  doing: string,
  profile: string | undefined,
  offered: Readonly<Record<string, string>> | undefined,
): string | undefined {
  if (profile === undefined || offered === undefined || Object.hasOwn(offered, profile)) {
    return offered === undefined ? undefined : profile;
  }
  const names = Object.keys(offered).join(', ');
  throw new AcmeError('REFUSED', `${doing}: the CA has no profile ${JSON.stringify(profile)}`, {
    hint: `it has ${names === '' ? 'none' : names}`,
  });
}

/**
 * Revokes a certificate in the name of its own key, for one that another account obtained. Some CAs take that for a compromised key, whatever
 * the reason.
 *
 * @see RFC 8555, section 7.6
 */
export function revokeByItsKey(
  ca: CertificateAuthority,
  key: AccountKey,
  certificate: { readonly der: string; readonly reason: RevocationReason },
  signal: AbortSignal,
): Promise<void> {
  return sendRevocation(ca, { key }, certificate, signal);
}

async function sendRevocation(
  ca: CertificateAuthority,
  signer: Pick<SignedRequest, 'key' | 'accountUrl'>,
  { der, reason }: { readonly der: string; readonly reason: RevocationReason },
  signal: AbortSignal,
): Promise<void> {
  const { revokeCert } = await ca.directory(signal);
  if (revokeCert === undefined)
    throw new AcmeError('REFUSED', `revoking at ${ca.directoryUrl}: the CA offers no such thing`);
  const payload = { certificate: der, reason: revocationCodes[reason] };
  try {
    await ca.post(`revoking at ${revokeCert}`, { endpoint: 'revokeCert', url: revokeCert, payload, ...signer }, signal);
  } catch (error) {
    if (!(error instanceof AcmeError && error.type === 'urn:ietf:params:acme:error:alreadyRevoked')) throw error;
  }
}

function orderState(doing: string, response: HttpResponse): OrderState {
  const retryAfter = parseRetryAfter(response.header('retry-after'), new Date());
  return { order: readBody(doing, response, Order), retryAfter };
}

function location(doing: string, base: string, response: HttpResponse): string {
  const url = response.header('location');
  if (url === undefined) throw new AcmeError('CA_BROKEN', `${doing}: the answer has no Location`);
  return new URL(url, base).href;
}

function nextPage(response: HttpResponse, base: string): string | undefined {
  const link = /<([^>]+)>\s*;\s*rel="?next"?/.exec(response.header('link') ?? '');
  return link?.[1] === undefined ? undefined : new URL(link[1], base).href;
}
