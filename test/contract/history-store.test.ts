import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { entryPath } from '../../src/core/history/entry-path.ts';
import { MemoryStorePlace } from '../support/memory-store.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeHistoryStore, type HistoryStoreUnderTest } from './history-store-suite.ts';

const newFolder = temporaryFolder();

function openDirectory(): HistoryStoreUnderTest {
  const root = newFolder('store');
  const reopen = () => openDirectoryStore(root).history;
  return {
    history: reopen(),
    reopen,
    damage: (entry, change) => {
      const path = join(root, entryPath(entry));
      writeFileSync(path, change(readFileSync(path)));
    },
  };
}

describe('a history in a directory', () => {
  describeHistoryStore(openDirectory);
});

describe('a history on objects in memory', () => {
  describeHistoryStore(() => {
    const place = new MemoryStorePlace();
    return {
      history: place.open().history,
      reopen: () => place.open().history,
      damage: (entry, change) => place.damage(entryPath(entry), change),
    };
  });
});
