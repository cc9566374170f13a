import { expect, test } from '@jest/globals';
import { resolvConfText } from './resolv-conf.ts';
import { planSysctls } from './sysctls.ts';

test('ports below 1024 are open to all users of a Pod, unless it says otherwise or has the node’s network', () => {
  const name = 'net.ipv4.ip_unprivileged_port_start';
  expect(planSysctls({}, false)).toEqual({ network: { [name]: '0' }, container: {} });
  expect(planSysctls({ [name]: '1024' }, false).network).toEqual({ [name]: '1024' });
  expect(planSysctls({}, true)).toEqual({ network: {}, container: {} });
});

test.each([
  { asked: { 'kernel.msgmax': '1' }, hostNetwork: false, says: 'kernel.msgmax' },
  { asked: { 'net.core.somaxconn': '1' }, hostNetwork: false, says: 'net.core.somaxconn' },
  { asked: { 'net.ipv4.tcp_syncookies': '1' }, hostNetwork: true, says: 'network of the node' },
])('$asked is refused with hostNetwork $hostNetwork', ({ asked, hostNetwork, says }) => {
  expect(() => planSysctls(asked, hostNetwork)).toThrow(says);
});

test('resolv.conf is what kubelet asks for, else the node’s', () => {
  const dns = { servers: ['10.0.0.10', '10.0.0.11'], searches: ['a.svc', 'svc'], options: ['ndots:5'] };
  expect(resolvConfText(dns, 'node')).toBe(
    'search a.svc svc\nnameserver 10.0.0.10\nnameserver 10.0.0.11\noptions ndots:5\n',
  );
  expect(resolvConfText({ servers: [], searches: [], options: [] }, 'node')).toBe('node');
  expect(resolvConfText(null, 'node')).toBe('node');
});
