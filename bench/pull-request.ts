/**
 * Runs the built action on the bench image as runs of a pull request whose base has the same image: `node
 * bench/pull-request.ts`. The store is a folder, and GitHub's API an emulator on loopback, which keeps the comment.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ActionOutcome, runAction } from '../test/support/action-runner.ts';
import { sha } from '../test/support/github-api.ts';
import { PullRequestServer, WORKFLOW_TOKEN } from '../test/support/pull-request-server.ts';
import { runNode } from '../test/support/run-varve.ts';
import { benchImage } from './image/bench-image.ts';
import { describeMachine } from './machine.ts';
import { tellTimes, timeOf } from './stopwatch.ts';

const TIMES = 15;
const [V1, V2] = [`oci:${benchImage.gzipV1}`, `oci:${benchImage.gzipV2}`];

const root = mkdtempSync(join(tmpdir(), 'varve-pull-request-'));
try {
  await using github = await PullRequestServer.start();
  let runs = 1;
  const act = async (image: string, pull: boolean): Promise<ActionOutcome> => {
    const workspace = join(root, `${++runs}`);
    mkdirSync(workspace);
    const inputs = { name: 'bench', image, baseline: `dir:${join(root, 'store')}` };
    const push = { GITHUB_SHA: sha(1), GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main' };
    const outcome = await runAction({
      workspace,
      inputs: pull ? { ...inputs, 'github-token': WORKFLOW_TOKEN, comment: 'on-change' } : inputs,
      env: pull ? github.environment(runs) : { ...push, GITHUB_RUN_ID: String(runs) },
      ...(pull && { event: github.event() }),
    });
    if (outcome.status !== 0) throw new Error(outcome.stdout);
    return outcome;
  };
  const build = async (image: string, changed: boolean): Promise<void> => {
    const { outputs, stdout } = await act(image, true);
    if (outputs.changed !== String(changed)) throw new Error(stdout);
  };
  await act(V1, false);
  const { node, cores, processor } = describeMachine();
  console.log(`Node ${node} on ${cores} cores (${processor})\n`);
  const [bare, silent, quiet]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < TIMES; round += 1) {
    bare.push(await timeOf(() => runNode(['-e', '0'], {})));
    silent.push(await timeOf(() => build(V1, false)));
  }
  console.log(`bare Node: ${tellTimes(bare)}`);
  console.log(`nothing changed, without a comment: ${tellTimes(silent)}`);
  console.log(`one layer changed, the comment begins: ${tellTimes([await timeOf(() => build(V2, true))])}`);
  if ((await github.comments()).length !== 1) throw new Error('no comment was written');
  for (let round = 0; round < TIMES; round += 1) quiet.push(await timeOf(() => build(V1, false)));
  console.log(`nothing changed, and the comment is brought up to date: ${tellTimes(quiet)}`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
