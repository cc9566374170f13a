import type { DnsConfig } from '../cri/messages.ts';

/** /etc/resolv.conf as kubelet asks for it; the node's when it asks for nothing. */
export function resolvConfText(dns: DnsConfig | null, nodeText: string): string {
  if (dns === null || dns.servers.length + dns.searches.length + dns.options.length === 0) return nodeText;
  const lines = [
    ...(dns.searches.length > 0 ? [`search ${dns.searches.join(' ')}`] : []),
    ...dns.servers.map((server) => `nameserver ${server}`),
    ...(dns.options.length > 0 ? [`options ${dns.options.join(' ')}`] : []),
  ];
  return lines.join('\n') + '\n';
}
