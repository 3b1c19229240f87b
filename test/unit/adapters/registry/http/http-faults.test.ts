import { expect, it } from 'vitest';
import { connectionFault, unexpectedStatus } from '../../../../../src/adapters/registry/http/http-faults.ts';

const url = new URL('https://ann:secret@registry.example/v2/app?signature=secret');

it.each([
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /--ca/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /--ca/],
  ['CERT_HAS_EXPIRED', /^renew/],
  ['CERT_NOT_YET_VALID', /clock/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /as its certificate does/],
  ['ENOTFOUND', /name of the registry/],
  ['ECONNREFUSED', /whether the registry runs/],
  ['ECONNRESET', /try again/],
])('%s gets a hint that helps', (code, hint) => {
  const cause = Object.assign(new Error('its words'), { code });
  const fault = connectionFault(new TypeError('fetch failed', { cause }), url);
  expect(fault).toMatchObject({ code: 'unreachable', hint: expect.stringMatching(hint) });
  expect(fault.message).toBe('https://registry.example/v2/app: its words');
});

it('what TLS says is told without files and codes', () => {
  const said = '401D:error:0A00010B:SSL routines:f:wrong version number:../deps/a.c:77:\n';
  const cause = Object.assign(new Error(said), { code: 'EPROTO' });
  expect(connectionFault(cause, url)).toMatchObject({
    message: 'https://registry.example/v2/app: wrong version number',
    hint: expect.stringContaining('--plain-http'),
  });
});

it.each([
  ['http://registry.example', 400, /leave --plain-http out/],
  ['https://registry.example', 429, /log in/],
  ['https://registry.example', 502, /later/],
])('%s that answers with %i gets a hint that helps', (from, status, hint) => {
  expect(unexpectedStatus(new URL(from), status, '').hint).toMatch(hint);
});
