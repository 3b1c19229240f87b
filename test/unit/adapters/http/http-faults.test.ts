import { describe, expect, it } from 'vitest';
import { connectionFault, unexpectedStatus } from '../../../../src/adapters/http/http-faults.ts';
import { pointedToBy, type Service } from '../../../../src/adapters/http/service.ts';
import { registryAt } from '../../../../src/adapters/registry/registry-service.ts';

const url = new URL('https://ann:secret@registry.example/v2/app?signature=secret');
const registry = registryAt(url);
/** A service that has no advice of its own. */
const weather: Service = {
  name: 'the weather',
  home: new URL('https://weather.example'),
  hints: {},
  wordsIn: () => '',
};

const failing = (code: string): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('its words'), { code }) });

const TROUBLES = [
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'EPROTO',
  'ENOTFOUND',
  'ECONNREFUSED',
  'ERR_PRIVATE_NETWORK',
  'ECONNRESET',
];

describe('a registry', () => {
  it.each([
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'name a file with the certificate of its authority: --ca FILE'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'name a file with the certificate of its authority: --ca FILE'],
    ['CERT_HAS_EXPIRED', 'renew the certificate of the registry, or set the clock of this machine'],
    ['CERT_NOT_YET_VALID', 'renew the certificate of the registry, or set the clock of this machine'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'name the registry as its certificate does'],
    ['EPROTO', 'if the registry speaks plain HTTP, say so with --plain-http'],
    ['ENOTFOUND', 'check the name of the registry, and the proxy settings'],
    ['ECONNREFUSED', 'check host and port, the proxy settings, and whether the registry runs'],
    ['ECONNRESET', 'check the network and the proxy settings, and try again'],
  ])('with %s gets a hint that helps', (code, hint) => {
    const fault = connectionFault(failing(code), url, registry);
    expect(fault).toMatchObject({ code: 'unreachable', hint });
    expect(fault.message).toMatch(/: its words$/);
  });

  it.each([
    ['ENOTFOUND', 'the registry at registry.example cannot be reached'],
    ['ETIMEDOUT', 'the registry at registry.example cannot be reached'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'the registry at registry.example has a certificate that is not trusted'],
    ['ECONNRESET', 'https://registry.example/v2/app'],
  ])('with %s is named by what is wrong', (code, what) => {
    expect(connectionFault(failing(code), url, registry).message).toBe(`${what}: its words`);
  });

  it.each([
    ['http://registry.example', 400, 'if the registry speaks TLS, leave --plain-http out'],
    [
      'https://registry.example',
      429,
      'the registry limits how often it is asked: log in, or wait and try again',
    ],
    ['https://registry.example', 502, 'the registry fails: try again later'],
    ['https://registry.example', 418, undefined],
  ])('at %s that answers with %i gets a hint that helps', (from, status, hint) => {
    expect(unexpectedStatus({ url: new URL(from), status }, '', registry).hint).toBe(hint);
  });

  it('that sends one into a private network is named', () => {
    const inside = new URL('http://10.0.0.1/token');
    expect(connectionFault(failing('ERR_PRIVATE_NETWORK'), inside, registry)).toMatchObject({
      code: 'denied',
      message: 'http://10.0.0.1/token is in a private network: registry.example must not redirect there',
    });
  });
});

it('what TLS says is told without files and codes', () => {
  const said = '401D:error:0A00010B:SSL routines:f:wrong version number:../deps/a.c:77:\n';
  const cause = Object.assign(new Error(said), { code: 'EPROTO' });
  expect(connectionFault(cause, url, registry)).toMatchObject({
    message: 'the registry at registry.example does not speak TLS: wrong version number',
    hint: expect.stringContaining('--plain-http'),
  });
});

describe.each([
  ['another service', weather, /the weather/],
  [
    'a server that a registry points to',
    pointedToBy(registry),
    /the server that registry\.example points to/,
  ],
])('%s', (_, service, name) => {
  const hints = [
    ...TROUBLES.map((code) => connectionFault(failing(code), service.home, service).hint),
    ...[400, 429, 500, 503].map(
      (status) => unexpectedStatus({ url: new URL('http://weather.example'), status }, '', service).hint,
    ),
  ];

  it('gets hints that speak of it, and of no registry', () => {
    expect(hints).not.toContain(undefined);
    expect(hints.filter((hint) => name.test(hint ?? ''))).toHaveLength(9);
    for (const hint of hints) expect(hint).not.toMatch(/the registry|--plain-http|log in/);
  });
});
