import { z } from 'zod';

const Jws = z.object({ protected: z.string(), payload: z.string() });
const JsonObject = z.record(z.string(), z.unknown());

/** A signed request taken apart; its signature is not looked at. @see RFC 8555, section 6.2 */
export interface SignedRequest {
  /** The protected header: `alg`, `nonce`, `url`, and `kid` or `jwk`. */
  readonly header: Readonly<Record<string, unknown>>;
  /** `undefined` for a POST-as-GET. */
  readonly payload: Readonly<Record<string, unknown>> | undefined;
}

/** `undefined` when the body is no signed request. */
export function readSignedRequest(body: string): SignedRequest | undefined {
  try {
    const jws = Jws.parse(JSON.parse(body));
    const payload = decode(jws.payload);
    return {
      header: JsonObject.parse(JSON.parse(decode(jws.protected))),
      payload: payload === '' ? undefined : JsonObject.parse(JSON.parse(payload)),
    };
  } catch {
    return undefined;
  }
}

function decode(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString();
}
