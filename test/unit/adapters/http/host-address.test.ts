import { describe, expect, it } from 'vitest';
import { isLinkLocal, isLoopbackHost, isPrivateAddress } from '../../../../src/adapters/http/host-address.ts';

describe('addresses', () => {
  it.each(['localhost', 'LOCALHOST', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]', '::1'])(
    '%s is this machine',
    (host) => {
      expect(isLoopbackHost(host)).toBe(true);
    },
  );

  it.each(['localhost.example', 'example.com', '128.0.0.1', '[::2]', '127.0.0.1.example'])(
    '%s is not this machine',
    (host) => {
      expect(isLoopbackHost(host)).toBe(false);
    },
  );

  it.each([
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '[fd00::1]',
    'fe80::1',
    '::ffff:10.0.0.1',
    'fec0::1',
    '2002:a00:1::1',
    '2001:0:a00:1::1',
    '64:ff9b:1::a00:1',
    '::7f00:1',
    '::ffff:0:a00:1',
    '168.63.129.16',
  ])('%s is private', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each([
    '169.254.169.254',
    '[::ffff:a9fe:a9fe]',
    '::a9fe:a9fe',
    '::ffff:0:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    'fe80::1',
    'fd00:ec2::254',
    'fd20:ce::254',
    '168.63.129.16',
    '192.0.0.192',
    '::ffff:168.63.129.16',
    '::ffff:0:100.100.100.200',
    '64:ff9b::6464:64c8',
    '64:ff9b:1::a83f:8110',
    '2002:c000:c0::1',
  ])('%s gives credentials to machines of a cloud, and is private too', (address) => {
    expect([isLinkLocal(address), isPrivateAddress(address)]).toEqual([true, true]);
  });

  it.each(['10.0.0.1', 'fd00::1', '64:ff9b::a00:1', '2002:a00:1::1', '127.0.0.1', 'example.com'])(
    '%s may be a registry',
    (address) => {
      expect(isLinkLocal(address)).toBe(false);
    },
  );

  it.each(['8.8.8.8', '172.32.0.1', '2001:4860:4860::8888', '64:ff9b::808:808', 'example.com', '10.example'])(
    '%s is not private',
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );

  it('sees through other spellings, once they are in a URL', () => {
    for (const spelling of ['http://2130706433/', 'http://0x7f.1/', 'http://127.1/']) {
      expect(isPrivateAddress(new URL(spelling).hostname)).toBe(true);
    }
  });
});
