import type { Fleet } from './fleet.ts';
import type { Ran } from './shell.ts';

export const minute = 60_000;

/** The host of the team's example. */
export const shop = 'shop.gatefleet.localhost';

/** One clone with its cluster, which all chapters go through in order. */
export interface Story {
  /** Folder of the clone. */
  readonly clone: string;
  readonly fleet: Fleet;
  /** How the first `up` ended. */
  readonly upped: Ran;
  /** What it told as JSON. */
  readonly up: {
    readonly commit: string;
    readonly application: { readonly sync: string; readonly health: string };
    readonly store: readonly { readonly name: string; readonly status: string }[];
    readonly certificate: {
      readonly current: { readonly serial: string };
      readonly gateways: readonly { readonly node: string; readonly result: { readonly serial: string } }[];
    };
    readonly curl: string;
  };
}
