import { expect, test } from '@jest/globals';
import { connectionErrorOf, errorOf } from './errors.ts';

test.each([
  {
    status: 401,
    body: { error: 'no session information', code: 16, message: 'no session information' },
    code: 'UNAUTHENTICATED',
    says: 'no session information',
  },
  {
    status: 403,
    body: { error: 'permission denied', code: 7, message: 'permission denied' },
    code: 'FORBIDDEN',
    says: 'permission denied',
  },
  {
    status: 404,
    body: { kind: 'Status', message: 'applications "x" not found', code: 404 },
    code: 'NOT_FOUND',
    says: 'applications "x" not found',
  },
  {
    status: 409,
    body: { kind: 'Status', message: 'the object has been modified', code: 409 },
    code: 'CONFLICT',
    says: 'modified',
  },
  {
    status: 400,
    body: { message: 'another operation is already in progress', code: 9 },
    code: 'CONFLICT',
    says: 'in progress',
  },
  { status: 400, body: { message: 'application is deleting', code: 9 }, code: 'PRECONDITION', says: 'deleting' },
  { status: 400, body: { message: 'invalid selector', code: 3 }, code: 'INVALID', says: 'invalid selector' },
  { status: 422, body: { kind: 'Status', message: 'is invalid', code: 422 }, code: 'INVALID', says: 'is invalid' },
  { status: 429, body: '', code: 'UNAVAILABLE', says: 'HTTP 429' },
  { status: 503, body: 'upstream connect error', code: 'UNAVAILABLE', says: 'upstream connect error' },
  { status: 500, body: null, code: 'UNAVAILABLE', says: 'HTTP 500' },
  { status: 307, body: '', code: 'PROTOCOL', says: 'HTTP 307' },
])('HTTP $status $says is $code', ({ status, body, code, says }) => {
  const error = errorOf('syncing application x', status, body);
  expect(error).toMatchObject({ code, status });
  expect(error.message).toContain('syncing application x');
  expect(error.message).toContain(says);
});

test('no answer is UNAVAILABLE, and an abort by the caller is ABORTED with its reason', () => {
  expect(connectionErrorOf('x', new Error('connect ECONNREFUSED'))).toMatchObject({ code: 'UNAVAILABLE' });
  const reason = new Error('enough');
  expect(connectionErrorOf('x', new Error('aborted'), AbortSignal.abort(reason))).toMatchObject({
    code: 'ABORTED',
    cause: reason,
  });
});
