import type { KeyObject } from 'node:crypto';

/** Whether one of these traces is in a text, wherever that breaks its lines. */
export function holdsTrace(text: string, traces: readonly string[]): boolean {
  const unbroken = text.replaceAll(/\\[nr]|\s/g, '');
  return traces.some((trace) => text.includes(trace) || unbroken.includes(trace));
}

/**
 * What the secret part of a private key looks like in a text: as bytes, in hexadecimal, in base64 and base64url wherever it begins in what
 * is encoded, and in the JSON of a buffer.
 */
export function keyTraces(key: KeyObject): readonly string[] {
  const { d = '' } = key.export({ format: 'jwk' });
  const secret = Buffer.from(d, 'base64url');
  const hex = secret.toString('hex');
  const base64 = [0, 1, 2].flatMap((offset) => inBase64(secret, offset));
  return [secret.toString('latin1'), hex, hex.toUpperCase(), [...secret].join(), ...base64];
}

function inBase64(secret: Buffer, offset: number): readonly string[] {
  const text = Buffer.concat([Buffer.alloc(offset), secret]).toString('base64url');
  // The characters that depend on this secret alone.
  const own = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + secret.length) * 8) / 6));
  return [own, own.replaceAll('-', '+').replaceAll('_', '/')];
}
