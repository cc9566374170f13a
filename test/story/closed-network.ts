import { describe, expect, test } from '@jest/globals';
import { minute, type Story } from '../support/story.ts';

/** Seconds that a connection may take; what a policy drops never comes. */
const patience = 3;

/** Where to: Pods by their label, or a Service by its name, and a port of it. */
interface Goal {
  readonly what: string;
  readonly service?: string;
  /** With a Service, those behind it, which it can lead back to themselves. */
  readonly pods?: Pods;
  readonly port: number;
}

/** Pods of a namespace with a label. */
type Pods = readonly [namespace: string, label: string];

const gateways = ['gatefleet', 'app.kubernetes.io/name=traefik'] as const;
const store = ['gatefleet', 'app.kubernetes.io/name=consul'] as const;
const controller = ['gatefleet', 'app.kubernetes.io/name=acme-controller'] as const;
const team = ['team-a', 'app=web'] as const;
const anotherTeam = ['shop', 'app.kubernetes.io/name=shop'] as const;

const goals: readonly Goal[] = [
  { what: 'the store by its Service', service: 'consul.gatefleet.svc', pods: store, port: 8501 },
  { what: 'the store', pods: store, port: 8501 },
  { what: 'the store’s RPC', pods: store, port: 8300 },
  { what: 'the store’s gossip', pods: store, port: 8301 },
  { what: 'the controller’s challenges', pods: controller, port: 8402 },
  {
    what: 'the controller’s API by its Service',
    service: 'acme-controller.gatefleet.svc',
    pods: controller,
    port: 8403,
  },
  { what: 'the controller’s API', pods: controller, port: 8403 },
  { what: 'the gateways’ API by its Service', service: 'traefik-internal.gatefleet.svc', pods: gateways, port: 8080 },
  { what: 'the gateways’ API', pods: gateways, port: 8080 },
  { what: 'the gateways’ HTTPS by its Service', service: 'traefik.gatefleet.svc', pods: gateways, port: 443 },
  { what: 'the gateways’ HTTPS', pods: gateways, port: 8443 },
  { what: 'a Pod of another team', pods: anotherTeam, port: 8080 },
  { what: 'the API server', service: 'kubernetes.default.svc', port: 443 },
];

/** Who tries, and what is open to it. */
const sources: readonly { who: string; pods: Pods; open: readonly string[] }[] = [
  {
    who: 'a Pod of a team',
    pods: team,
    open: ['the gateways’ HTTPS by its Service', 'the gateways’ HTTPS', 'a Pod of another team', 'the API server'],
  },
  {
    who: 'a gateway',
    pods: gateways,
    open: [
      'the store by its Service',
      'the store',
      'the controller’s challenges',
      'the gateways’ HTTPS',
      'a Pod of another team',
      'the API server',
    ],
  },
  {
    who: 'the certificate controller',
    pods: controller,
    open: [
      'the store by its Service',
      'the store',
      'the gateways’ HTTPS by its Service',
      'the gateways’ HTTPS',
      'the API server',
    ],
  },
  {
    who: 'a server of the store',
    pods: store,
    open: ['the store’s RPC', 'the store’s gossip'],
  },
];

/** Who may connect to whom, tried from inside the Pods. */
export function closedNetwork(story: () => Story): void {
  describe('the closed network', () => {
    test.each(sources)(
      '$who reaches exactly: $open',
      async ({ who, pods, open }) => {
        const [self] = await running(pods);
        if (self === undefined) throw new Error(`${who} is not there`);
        const others = goals.filter((goal) => goal.service === undefined || goal.pods !== pods);
        const tries = await Promise.all(
          others.map(async (goal) => ({ goal, hosts: (await hostsOf(goal)).filter((host) => host !== self.address) })),
        );
        const attempts = tries.flatMap(({ goal, hosts }) => hosts.map((host) => ({ goal, host })));
        // All at once in one shell, since each that is dropped takes its time: it prints the number of each that connects.
        const script = attempts.map(
          ({ goal: { port }, host }, index) =>
            `{ timeout ${patience} bash -c '</dev/tcp/${host}/${port}' 2>/dev/null && echo ${index}; } &`,
        );
        const printed = await story().fleet.kubectl(
          ...['-n', pods[0], 'exec', self.name, '--', 'bash', '-c', `${script.join('\n')}\nwait`],
        );
        const connected = new Set(printed.split('\n').filter(Boolean).map(Number));
        for (const [index, { goal, host }] of attempts.entries()) {
          const outcome = connected.has(index) ? 'connected' : `refused: no answer in ${patience} s`;
          process.stderr.write(`${who} → ${goal.what}, ${host}:${goal.port}: ${outcome}\n`);
        }
        const reached = others
          .map(({ what }) => what)
          .filter((what) => attempts.some(({ goal }, index) => goal.what === what && connected.has(index)));
        const reachedInPart = reached.filter((what) =>
          attempts.some(({ goal }, index) => goal.what === what && !connected.has(index)),
        );
        expect({ reached, reachedInPart }).toEqual({ reached: open, reachedInPart: [] });
      },
      2 * minute,
    );
  });

  async function hostsOf({ service, pods }: Goal): Promise<readonly string[]> {
    if (service !== undefined) return [service];
    return pods === undefined ? [] : (await running(pods)).map(({ address }) => address);
  }

  async function running([namespace, label]: Pods): Promise<readonly { name: string; address: string }[]> {
    const each = 'jsonpath={range .items[*]}{.metadata.name} {.status.podIP}{"\\n"}{end}';
    const options = ['--field-selector=status.phase=Running', '-l', label, '-o', each];
    const printed = await story().fleet.kubectl('-n', namespace, 'get', 'pods', ...options);
    return printed
      .trim()
      .split('\n')
      .map((line) => {
        const [name = '', address = ''] = line.split(' ');
        return { name, address };
      });
  }
}
