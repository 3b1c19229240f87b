import { expect, it } from 'vitest';
import { publishPlatform } from '../../src/flows/publish/publish-platform.ts';
import { snapshotImage } from '../../src/flows/snapshot/snapshot-image.ts';
import { composeQuietTools } from '../support/compose-tools.ts';
import { makeLayer } from '../support/image-maker.ts';
import { MemoryPlace } from '../support/memory-place.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { AMD64, ARM64, imageFor, writeIndexed } from '../support/platform-images.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();

it('each platform of a run is an artifact of its own, under a tag that tells it', async () => {
  const store = openDirectoryStore(newPath('store'));
  await using tools = composeQuietTools(store);
  const images = [
    imageFor(AMD64, [await makeLayer({ a: '1' })]),
    imageFor(ARM64, [await makeLayer({ a: '2' })]),
  ];
  const result = await snapshotImage(tools, {
    ...{ references: [writeIndexed(newPath('image'), images)], built: null, platform: 'all', name: 'shop' },
    ...{ tenant: 'default', save: true, comparing: {}, baseline: { kind: 'none' } },
    run: {
      ...{ commit: null, branch: null, pullRequest: null, version: '1.0.0', scanId: 'run-1' },
      time: '2026-01-01T00:00:00.000Z',
    },
  });
  const place = new MemoryPlace();
  const digests: string[] = [];
  for (const platform of result.platforms) {
    const request = {
      place,
      repository: { host: 'registry.example', repository: 'shop' },
      report: '# report',
    };
    digests.push(await publishPlatform(store, platform, { ...request, tag: undefined, several: true }));
    await publishPlatform(store, platform, { ...request, tag: 'v1', several: false });
  }
  expect(new Set(digests).size).toBe(2);
  expect([...(await place.listTags())].sort()).toEqual(['latest-linux-amd64', 'latest-linux-arm64', 'v1']);
  expect(place.manifests.get('latest-linux-arm64')).toEqual(place.manifests.get(digests[1] ?? ''));
});
