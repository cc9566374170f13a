import { createPrivateKey } from 'node:crypto';

/** The secret number of a P-256 key as it may stand in a text: in any form of PEM, DER, JWK or hexadecimal. */
export function keyTraces(privateKeyPem: string): readonly string[] {
  const { d = '' } = createPrivateKey(privateKeyPem).export({ format: 'jwk' });
  const secret = Buffer.from(d, 'base64url');
  // In base64 it depends on what stands before; the characters at the edges belong to its neighbours as well.
  const shifted = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), secret]).toString('base64');
    return text.slice(Math.ceil((before * 8) / 6) + 1, -4);
  });
  const inBase64 = shifted.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]);
  const hex = secret.toString('hex');
  return [...new Set([...inBase64, hex, hex.toUpperCase()])].filter((trace) => trace.length >= 36);
}

/** @returns the first trace that the text has, whatever line breaks and escapes of them are in it */
export function findKey(text: string, privateKeyPem: string): string | undefined {
  const joined = text.replaceAll(/\\+n|\\+r|\s|:/g, '');
  return keyTraces(privateKeyPem).find((trace) => joined.includes(trace) || text.includes(trace));
}
