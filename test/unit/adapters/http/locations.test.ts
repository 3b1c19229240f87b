import { describe, expect, it } from 'vitest';
import { resolveLocation } from '../../../../src/adapters/http/locations.ts';

const service = { name: 'GitHub' };
const from = new URL('https://registry.example:5000/v2/app/blobs/uploads/');

describe('resolveLocation', () => {
  it.each([
    [
      '/v2/app/blobs/uploads/1?state=a%2fb',
      'https://registry.example:5000/v2/app/blobs/uploads/1?state=a%2fb',
    ],
    ['1', 'https://registry.example:5000/v2/app/blobs/uploads/1'],
    ['?last=x', 'https://registry.example:5000/v2/app/blobs/uploads/?last=x'],
    ['//other.example/x', 'https://other.example/x'],
    ['https://other.example/x', 'https://other.example/x'],
  ])('follows %s', (location, target) => {
    expect(resolveLocation(location, from, service).href).toBe(target);
  });

  it.each([
    ['http://registry.example:5000/x', 'denied'],
    ['http://other.example/x', 'denied'],
    ['file:///etc/passwd', 'unreachable'],
    ['javascript:1', 'unreachable'],
    ['https://[', 'unreachable'],
  ])('does not follow %s', (location, code) => {
    expect(() => resolveLocation(location, from, service)).toThrow(expect.objectContaining({ code }));
  });

  it('advises on what was asked', () => {
    expect(() => resolveLocation('http://registry.example:5000/x', from, service)).toThrow(
      expect.objectContaining({ hint: 'a proxy before GitHub may have to send X-Forwarded-Proto: https' }),
    );
  });

  it('goes from plain to plain, and to what is encrypted', () => {
    const plain = new URL('http://localhost:5000/v2/');
    expect(resolveLocation('http://localhost:5001/x', plain, service).port).toBe('5001');
    expect(resolveLocation('https://localhost/x', plain, service).protocol).toBe('https:');
  });
});
