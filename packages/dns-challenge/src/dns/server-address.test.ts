import { expect, test } from '@jest/globals';
import { parseServerAddress, serverText } from './server-address.ts';

test.each([
  { text: '192.0.2.1', host: '192.0.2.1', port: 53 },
  { text: '192.0.2.1:5353', host: '192.0.2.1', port: 5353 },
  { text: 'ns1.example.com:53', host: 'ns1.example.com', port: 53 },
  { text: '2001:db8::1', host: '2001:db8::1', port: 53 },
  { text: '[2001:db8::1]:54', host: '2001:db8::1', port: 54 },
])('$text is port $port of $host', ({ text, host, port }) => {
  expect(parseServerAddress(text)).toEqual({ host, port });
  expect(parseServerAddress(serverText({ host, port }))).toEqual({ host, port });
});

test.each(['', ':53', 'a:b:c', '192.0.2.1:0', '192.0.2.1:65536', '[192.0.2.1]:53', 'a b', '[2001:db8::1'])(
  '%j is no address',
  (text) => {
    expect(() => parseServerAddress(text)).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
  },
);
