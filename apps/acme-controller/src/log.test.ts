import { AcmeError } from '@gatefleet/acme';
import { expect, test } from '@jest/globals';
import { createLogger } from './log.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  let line = '';
  write(createLogger('info', { write: (text) => (line += text) }));
  const { time, ...fields } = JSON.parse(line) as Record<string, unknown>;
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT/);
  return fields;
}

const explanationUrl = 'https://ca.example/incident/1';

test.each<{ given: string; fields: Record<string, unknown>; then: Record<string, unknown> }>([
  {
    given: 'what is listed',
    fields: { host: 'a.example.com', explanationUrl },
    then: { host: 'a.example.com', explanationUrl },
  },
  {
    given: 'what is not',
    fields: { host: 'a.example.com', privateKey: 'secret', record: {} },
    then: { host: 'a.example.com' },
  },
  {
    given: 'an error that carries more than it says',
    fields: { err: Object.assign(new AcmeError('REFUSED', 'no', { hint: 'wait' }), { request: { body: 'secret' } }) },
    then: { err: { name: 'AcmeError', code: 'REFUSED', message: 'no', hint: 'wait' } },
  },
  {
    given: 'its cause',
    fields: { err: new Error('outer', { cause: Object.assign(new Error('inner'), { privateKey: 'secret' }) }) },
    then: { err: { name: 'Error', message: 'outer', cause: { name: 'Error', message: 'inner' } } },
  },
])('given $given, a line has no more than it may', ({ fields, then }) => {
  expect(logged((log) => log.info(fields, 'said'))).toEqual({ level: 'info', msg: 'said', ...then });
});
