import { createDecipheriv } from 'node:crypto';

/** Opens what the controller sealed, as its README says it: AES-256-GCM, with the key's path as associated data. */
export function openSealed(encryptionKey: string, path: string, sealed: string): unknown {
  const { nonce, data } = JSON.parse(sealed) as { nonce: string; data: string };
  const bytes = Buffer.from(data, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(encryptionKey, 'base64'), Buffer.from(nonce, 'base64'));
  decipher.setAAD(Buffer.from(path, 'utf8'));
  decipher.setAuthTag(bytes.subarray(-16));
  return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8'));
}
