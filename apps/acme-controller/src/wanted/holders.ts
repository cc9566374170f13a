/** Who has a host at present. */
export interface Holder {
  readonly namespace: string;
  /** Nobody there asks for it at present. */
  readonly isReserved: boolean;
}

/** Who has which host. A wildcard and a host that it covers are two namespaces' only where it was recorded so before. */
export class Holders {
  readonly #byHost = new Map<string, Holder>();
  /** By the domain above it, which a wildcard would stand in. */
  readonly #below = new Map<string, Set<string>>();

  of(host: string): Holder | undefined {
    return this.#byHost.get(host);
  }

  set(host: string, holder: Holder): void {
    const isKnown = this.#byHost.has(host);
    this.#byHost.set(host, holder);
    if (isKnown || host.startsWith('*.')) return;
    const domain = domainAbove(host);
    const below = this.#below.get(domain) ?? new Set();
    this.#below.set(domain, below.add(host));
  }

  /** Another namespace that has the host, or else a name that this host would take over or be taken over by. */
  rival(host: string, namespace: string): Holder | undefined {
    const own = this.#byHost.get(host);
    const rivals = own === undefined ? this.#overlapping(host) : [own];
    return rivals.find((holder) => holder.namespace !== namespace);
  }

  /** How many hosts each namespace has and asks for. */
  inUse(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { namespace, isReserved } of this.#byHost.values()) {
      if (!isReserved) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
    }
    return counts;
  }

  #overlapping(host: string): readonly Holder[] {
    const domain = domainAbove(host);
    const hosts = host.startsWith('*.') ? [...(this.#below.get(domain) ?? [])] : [`*.${domain}`];
    return hosts.flatMap((each) => this.#byHost.get(each) ?? []);
  }
}

function domainAbove(host: string): string {
  return host.slice(host.indexOf('.') + 1);
}
