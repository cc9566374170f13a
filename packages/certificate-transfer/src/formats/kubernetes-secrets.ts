import type { Candidate } from '../candidate.ts';
import { printable } from '../printable.ts';
import { base64Field, field, listField } from './field.ts';

/*
 * Secrets of type kubernetes.io/tls, where cert-manager and others keep certificates: `tls.crt` and `tls.key` in `data`, as base64 of PEM;
 * as `kubectl get secrets -o yaml` or `-o json` gives them, singly or in a List. Other objects and Secrets of other types are passed over.
 *
 * Names come from the certificate. The annotation `cert-manager.io/alt-names` only says which certificate it was where that cannot be read.
 *
 * Source: https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets and
 * https://cert-manager.io/docs/usage/certificate/
 */

const ALT_NAMES = 'cert-manager.io/alt-names';
const LISTS = ['List', 'SecretList'];

/** Whether at least one of these documents is a Secret or a list of objects. */
export function areKubernetesSecrets(documents: readonly unknown[]): boolean {
  return documents.some((document) => field(document, 'kind') === 'Secret' || isList(document));
}

export function readKubernetesSecrets(documents: readonly unknown[]): Candidate[] {
  return documents
    .flatMap((document) => (isList(document) ? listField(document, 'items') : [document]))
    .filter((object) => field(object, 'kind') === 'Secret' && field(object, 'type') === 'kubernetes.io/tls')
    .map(toCandidate);
}

function toCandidate(secret: unknown): Candidate {
  const data = field(secret, 'data');
  return {
    source: `Secret ${nameOf(secret)}`,
    chain: base64Field(data, 'tls.crt'),
    privateKey: base64Field(data, 'tls.key'),
    namesFrom: 'certificate',
    hinted: hintedNames(secret),
  };
}

function isList(document: unknown): boolean {
  return LISTS.some((kind) => kind === field(document, 'kind')) && Array.isArray(field(document, 'items'));
}

function nameOf(secret: unknown): string {
  const metadata = field(secret, 'metadata');
  const parts = [field(metadata, 'namespace'), field(metadata, 'name')].filter((part) => typeof part === 'string');
  return parts.length === 0 ? 'without a name' : printable(parts.join('/'));
}

function hintedNames(secret: unknown): string[] {
  const names = field(field(field(secret, 'metadata'), 'annotations'), ALT_NAMES);
  return typeof names === 'string' ? names.split(',') : [];
}
