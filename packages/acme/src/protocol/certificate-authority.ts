export interface CaOptions {
  /** `https:` URL of the CA's directory. */
  readonly directoryUrl: string;
  /** PEM certificates to trust instead of the public roots. */
  readonly caBundle?: string;
  /** Names the program and its version to the CA. */
  readonly userAgent?: string;
  /** For one request and its answer, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
}

/** One CA as any account sees it: its directory, its nonces, its connections. One for each directory and process. */
export interface CertificateAuthority {
  readonly directoryUrl: string;
}
