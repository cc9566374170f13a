import type { CertificatesReport } from '@gatefleet/certificate-report';
import { isReady, type Pod } from './pods.ts';

/** What the commit says a gateway's containers are. */
export interface ExpectedContainer {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
}

/** One gateway, held against the commit and asked over TLS. */
export interface GatewayProof {
  readonly pod: string;
  readonly node: string | undefined;
  readonly ready: boolean;
  /** What its Pod has otherwise than the commit; empty when it runs the commit. */
  readonly differs: readonly string[];
  /** Certificates that it serves, of those that it should. */
  readonly serves: { readonly right: number; readonly of: number };
}

/** Whether every gateway runs the commit and serves every certificate. No gateway at all proves nothing. */
export const isProven = (proofs: readonly GatewayProof[]): boolean =>
  proofs.length > 0 &&
  proofs.every(({ ready, differs, serves }) => ready && differs.length === 0 && serves.right === serves.of);

/** Each gateway Pod against what the commit renders, with what the controller learned by asking it over TLS. */
export function proveGateways(
  expected: readonly ExpectedContainer[],
  pods: readonly Pod[],
  report: Pick<CertificatesReport, 'certificates'>,
): readonly GatewayProof[] {
  const published = report.certificates.filter(({ state, current }) => state !== 'retained' && current !== undefined);
  return pods.map((pod) => {
    const { name } = pod.metadata;
    const right = published.filter(({ gateways, current }) =>
      gateways.some(
        (gateway) =>
          gateway.pod === name && gateway.result.kind === 'answered' && gateway.result.serial === current?.serial,
      ),
    );
    return {
      pod: name,
      node: pod.spec.nodeName,
      ready: isReady(pod),
      differs: expected.flatMap((container) => differences(container, pod)),
      serves: { right: right.length, of: published.length },
    };
  });
}

function differences(expected: ExpectedContainer, { spec }: Pod): readonly string[] {
  const actual = spec.containers.find(({ name }) => name === expected.name);
  if (actual === undefined) return [`no container ${expected.name}`];
  const found: string[] = [];
  if (actual.image !== expected.image) found.push(`image ${actual.image}, not ${expected.image}`);
  if (actual.command.join('\n') !== expected.command.join('\n')) found.push('command');
  const [missing, surplus] = [without(expected.args, actual.args), without(actual.args, expected.args)];
  if (missing.length > 0) found.push(`without ${missing.join(' ')}`);
  if (surplus.length > 0) found.push(`with ${surplus.join(' ')}`);
  return found;
}

const without = (all: readonly string[], others: readonly string[]) => all.filter((each) => !others.includes(each));
