import { Gauge, type Registry } from 'prom-client';

/** Times are ISO 8601. */
export interface Life {
  readonly notBefore: string;
  readonly notAfter: string;
}

/** How near to their end the certificates are that the gateways should serve: two figures, whatever their number. */
export class LifeMetrics {
  #lives: readonly { readonly start: number; readonly end: number }[] = [];

  /** @param now - in milliseconds since 1970. */
  constructor(registry: Registry, now: () => number = Date.now) {
    const figures = () => this.#lives.map(({ start, end }) => (end - now()) / Math.max(1, end - start));
    const ends = () => this.#lives.map(({ end }) => end / 1_000);
    new Gauge({
      name: 'gatefleet_certificate_life_left_min_ratio',
      help: 'What is left of the life of the certificate that is nearest to its end: 1 when new, 0 when over. 1 without any.',
      registers: [registry],
      collect() {
        this.set(smallest(figures()) ?? 1);
      },
    });
    new Gauge({
      name: 'gatefleet_first_expiry_timestamp_seconds',
      help: 'When the first of the served certificates ends; 0 without any.',
      registers: [registry],
      collect() {
        this.set(smallest(ends()) ?? 0);
      },
    });
  }

  served(certificates: readonly Life[]): void {
    this.#lives = certificates.map(({ notBefore, notAfter }) => {
      return { start: Date.parse(notBefore), end: Date.parse(notAfter) };
    });
  }
}

function smallest(figures: readonly number[]): number | undefined {
  return figures.reduce<number | undefined>(
    (least, one) => (least === undefined || one < least ? one : least),
    undefined,
  );
}
