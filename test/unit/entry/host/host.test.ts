import { userInfo } from 'node:os';
import { expect, it } from 'vitest';
import { readRegistryAccess } from '../../../../src/entry/compose/network.ts';
import { readHost } from '../../../../src/entry/host/host.ts';

const settings = { ca: undefined, 'plain-http': false };
const { homedir } = userInfo();

it.each([
  ['where DOCKER_CONFIG says', { DOCKER_CONFIG: '/docker', HOME: '/home/ann' }, '/docker/config.json'],
  ['at home', { HOME: '/home/ann' }, '/home/ann/.docker/config.json'],
  ['at home too', { DOCKER_CONFIG: '', HOME: '/home/ann' }, '/home/ann/.docker/config.json'],
  ['at the home of the user, not in the working directory', { HOME: '' }, `${homedir}/.docker/config.json`],
  ['there too where HOME is relative', { HOME: '.' }, `${homedir}/.docker/config.json`],
])('credentials are looked for %s', (_, environment, file) => {
  expect(readRegistryAccess(settings, readHost(environment)).credentialsFile).toBe(file);
});

it.each([
  ['where XDG_DATA_HOME says', { XDG_DATA_HOME: '/data', HOME: '/home/ann' }, '/data/varve'],
  ['at home', { XDG_DATA_HOME: '', HOME: '/home/ann' }, '/home/ann/.local/share/varve'],
  [
    'at home where that is relative',
    { XDG_DATA_HOME: 'x', HOME: '/home/ann' },
    '/home/ann/.local/share/varve',
  ],
  ['never in the working directory', { HOME: '' }, `${homedir}/.local/share/varve`],
])('the store of the user is %s', (_, environment, folder) => {
  expect(readHost(environment).storeFolder).toBe(folder);
});

it('what is gone at the end of a run lies where a runner says', () => {
  expect(readHost({ RUNNER_TEMP: '/runner' }).temporaryFolder).toBe('/runner');
  expect(readHost({ RUNNER_TEMP: '' }).temporaryFolder).toMatch(/^\//);
});

it('proxies are those of the variables, in lower case first', () => {
  const environment = { http_proxy: 'a', HTTP_PROXY: 'b', HTTPS_PROXY: 'c', no_proxy: '', NO_PROXY: 'd' };
  expect(readHost(environment).proxies).toEqual({ http: 'a', https: 'c', none: '' });
});
