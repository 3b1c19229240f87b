import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import {
  type FileOperations,
  nodeFileOperations,
} from '../../src/adapters/stores/directory/file-operations.ts';
import { INDEX } from '../../src/core/surface/paths.ts';
import { MemoryStorePlace } from '../support/memory-store.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeLayerRecords, type LayerRecordsUnderTest } from './layer-records-suite.ts';

const newFolder = temporaryFolder();

function openDirectory(): LayerRecordsUnderTest {
  const root = newFolder('store');
  let writes = 0;
  const operations: FileOperations = {
    ...nodeFileOperations,
    writeNew: (...given) => {
      writes += 1;
      return nodeFileOperations.writeNew(...given);
    },
  };
  const reopen = () => openDirectoryStore(root, { operations }).layers;
  const damage = (change: (bytes: Buffer) => Buffer) => {
    const index = join(root, INDEX);
    const paths = readdirSync(index, { recursive: true, encoding: 'utf8' }).map((path) => join(index, path));
    for (const path of paths.filter((each) => statSync(each).isFile())) {
      writeFileSync(path, change(readFileSync(path)));
    }
  };
  return { records: reopen(), reopen, damage, writes: () => writes };
}

describe('layer records in a directory', () => {
  describeLayerRecords(openDirectory);
});

describe('layer records on objects in memory', () => {
  describeLayerRecords(() => {
    const place = new MemoryStorePlace();
    return {
      records: place.open().layers,
      reopen: () => place.open().layers,
      damage: (change) => place.damageAll(INDEX, change),
      writes: () => place.writes,
    };
  });
});
