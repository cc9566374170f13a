import { expect, test } from '@jest/globals';
import type { CertificateCommand } from './certificate-command.ts';
import { answerOf, commandConfigMap, commandOf, withAnswer } from './config-map.ts';

test.each<CertificateCommand>([
  { command: 'renew', host: 'shop.example.com' },
  { command: 'transfer', host: '*.example.com', namespace: 'shop' },
  { command: 'unpublish' },
  { command: 'hold' },
  { command: 'resume' },
  { command: 'revoke', host: 'shop.example.com', reason: 'keyCompromise' },
  { command: 'roll-account-key' },
])('$command is read as it was written, and has no answer yet', (command) => {
  const configMap = commandConfigMap(command);
  expect(commandOf(configMap)).toEqual({ kind: 'command', command });
  expect(answerOf(configMap)).toBeUndefined();
});

test.each([
  ['nothing', undefined, 'data.command is not JSON'],
  ['text', 'renew', 'data.command is not JSON'],
  ['a command that nobody knows', '{"command":"destroy"}', 'command: '],
  ['a host with a path', '{"command":"renew","host":"../leader"}', 'host: '],
  ['a reason that no CA takes', '{"command":"revoke","host":"a.example.com","reason":"hold"}', 'reason: '],
  ['a field too many', '{"command":"unpublish","all":true}', 'all'],
])('%s is refused with a reason', (_, command, reason) => {
  const read = commandOf({ data: command === undefined ? undefined : { command } });
  expect(read).toMatchObject({ kind: 'invalid', reason: expect.stringContaining(reason) });
});

test('a revocation without a reason has an unspecified one', () => {
  const read = commandOf({ data: { command: '{"command":"revoke","host":"a.example.com"}' } });
  expect(read).toMatchObject({ kind: 'command', command: { reason: 'unspecified' } });
});

test('an answer is read as it was written', () => {
  const answer = { kind: 'done', message: 'shop.example.com is renewed' } as const;
  expect(answerOf(withAnswer(answer))).toEqual(answer);
});
