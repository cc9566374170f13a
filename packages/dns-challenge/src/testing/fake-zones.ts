import { selfAndParents } from '../zone-finder.ts';

/** A set of TXT records as an API keeps it. */
export interface FakeSet<T> {
  readonly ttl: number;
  readonly items: readonly T[];
}

/** What the fakes of APIs keep: sets of TXT records by name, in zones. */
export class FakeZones<T> {
  readonly #zones: ReadonlyMap<string, Map<string, FakeSet<T>>>;
  /** Called before a change is looked at: the moment in which others write. */
  beforeChange: (fqdn: string) => void = () => undefined;

  constructor(names: readonly string[]) {
    this.#zones = new Map(names.map((name) => [name, new Map<string, FakeSet<T>>()]));
  }

  get names(): readonly string[] {
    return [...this.#zones.keys()];
  }

  /** @throws Error for a zone that is not there, and for a name outside of it */
  zone(name: string): Map<string, FakeSet<T>> {
    const zone = this.#zones.get(name);
    if (zone === undefined) throw new Error(`the fake has no zone ${name}`);
    return zone;
  }

  /** The items that the world sees: those of the nearest zone. */
  itemsAt(fqdn: string): readonly T[] {
    return this.#nearest(fqdn).get(fqdn)?.items ?? [];
  }

  put(fqdn: string, item: T): void {
    const zone = this.#nearest(fqdn);
    const { ttl, items } = zone.get(fqdn) ?? { ttl: 300, items: [] };
    zone.set(fqdn, { ttl, items: [...items, item] });
  }

  #nearest(fqdn: string): Map<string, FakeSet<T>> {
    return this.zone(selfAndParents(fqdn).find((name) => this.#zones.has(name)) ?? fqdn);
  }
}
