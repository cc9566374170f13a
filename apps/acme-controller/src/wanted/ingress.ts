/** What is read of an Ingress. */
export interface Ingress {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly className: string | undefined;
  /** Those of ours. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Hosts of the rules, as written; a rule without a host gives none. */
  readonly hosts: readonly string[];
  readonly tls: readonly { readonly hosts: readonly string[]; readonly secretName: string | undefined }[];
}

/** One spelling where upper case is all that differs. Letters beyond ASCII stay, to be refused: some have a twin in ASCII. */
export function lowerCase(host: string): string {
  return host.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Something to tell the people of an Ingress, as an Event on it. */
export interface Notice {
  readonly ingress: Pick<Ingress, 'namespace' | 'name' | 'uid'>;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Of two notices with the same reason and this in common only one is told, though their words differ. */
  readonly about?: string;
}

/**
 * Whether one of the Ingress's own Secrets has a certificate for this host. A `tls` entry without hosts covers all of them.
 *
 * @param host - in lower case.
 */
export function isCoveredBySecret(host: string, tls: Ingress['tls']): boolean {
  return tls.some(
    ({ hosts, secretName }) =>
      secretName !== undefined &&
      secretName !== '' &&
      (hosts.length === 0 || hosts.some((name) => covers(lowerCase(name), host))),
  );
}

/** Whether a name is the host, or a wildcard for it: that covers one label. */
export function covers(name: string, host: string): boolean {
  if (name === host) return true;
  return name.startsWith('*.') && host.slice(host.indexOf('.')) === name.slice(1);
}
