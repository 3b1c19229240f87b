/**
 * Runs the built action on the bench image again and again, as pushes whose baseline is in a workflow's cache, each on a
 * machine that has nothing else: `node bench/workflow-cache.ts`. The cache is a service of the bench's own on loopback.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CacheService } from '../test/support/cache-service.ts';
import { CachedWorkflow } from '../test/support/cached-workflow.ts';
import { runNode } from '../test/support/run-varve.ts';
import { benchImage } from './image/bench-image.ts';
import { describeMachine } from './machine.ts';
import { tellTimes, timeOf } from './stopwatch.ts';

const TIMES = 15;
const IMAGE = `oci:${benchImage.gzipV1}`;

const root = mkdtempSync(join(tmpdir(), 'varve-workflow-'));
try {
  await using service = await CacheService.start();
  let folders = 0;
  const workflow = new CachedWorkflow(service, () => join(root, `${++folders}`));
  let commits = 0;
  const push = (save: boolean) => workflow.push(IMAGE, (++commits).toString(16).padStart(40, '0'), { save });
  const pushUnchanged = async (save: boolean) => {
    const { outputs, pointer, stderr } = await push(save);
    if (outputs.changed !== 'false' || pointer.layers.read > 0)
      throw new Error(`not a cached run: ${stderr}`);
    if (outputs['baseline-saved'] !== `${save}`) throw new Error(`not saved: ${stderr}`);
  };
  const { node, cores, processor } = describeMachine();
  console.log(`Node ${node} on ${cores} cores (${processor})\n`);
  console.log(`the first run, which reads all and saves: ${tellTimes([await timeOf(() => push(true))])}`);
  console.log(`its entry: ${((service.entries[0]?.bytes.length ?? 0) / 1e6).toFixed(2)} MB`);

  const bare: number[] = [];
  const restored: number[] = [];
  const saved: number[] = [];
  for (let round = 0; round < TIMES; round++) {
    bare.push(await timeOf(() => runNode(['-e', '0'], {})));
    restored.push(await timeOf(() => pushUnchanged(false)));
    saved.push(await timeOf(() => pushUnchanged(true)));
  }
  console.log(`bare Node: ${tellTimes(bare)}`);
  console.log(`restore and compare, nothing changed: ${tellTimes(restored)}`);
  console.log(`the same, and save: ${tellTimes(saved)}`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
