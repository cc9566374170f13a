import { ports } from '../addresses.ts';
import { accepts } from './probe.ts';
import type { Component } from './component.ts';
import type { ComponentContext } from './kubernetes-components.ts';

/**
 * What stands outside Kubernetes: the ACME test CA. It looks names up in the cluster's DNS, which sends every
 * `.localhost` name to the load balancer, and validates over port 80 there as a public CA would.
 *
 * @see https://github.com/letsencrypt/pebble
 */
export function outsideComponents({ addresses, program, configFile }: ComponentContext): readonly Component[] {
  return [
    {
      name: 'pebble',
      command: program('pebble'),
      args: ['-config', configFile('pebble.json'), '-dnsserver', `${addresses.dns}:53`],
      // Pebble's random pause before a validation tests clients; here it would only make everyone wait.
      env: { PEBBLE_VA_NOSLEEP: '1' },
      after: ['coredns'],
      ready: () => accepts({ host: addresses.host, port: ports.acme }),
    },
  ];
}
