import { expect, it } from 'vitest';
import { readRegistryAccess } from '../../../../src/entry/compose/tools.ts';

const settings = { ca: undefined, 'plain-http': false };

it.each([
  ['where DOCKER_CONFIG says', { DOCKER_CONFIG: '/docker', HOME: '/home/ann' }, '/docker/config.json'],
  ['at home', { HOME: '/home/ann' }, '/home/ann/.docker/config.json'],
  ['at home too', { DOCKER_CONFIG: '', HOME: '/home/ann' }, '/home/ann/.docker/config.json'],
])('credentials are looked for %s', (_, environment, file) => {
  expect(readRegistryAccess(settings, environment).credentialsFile).toBe(file);
});

it('proxies are those of the variables, in lower case first', () => {
  const environment = { http_proxy: 'a', HTTP_PROXY: 'b', HTTPS_PROXY: 'c', no_proxy: '', NO_PROXY: 'd' };
  expect(readRegistryAccess(settings, environment).proxies).toEqual({ http: 'a', https: 'c', none: '' });
});
