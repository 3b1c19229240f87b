import { beforeAll, describe, expect, it } from 'vitest';
import { CacheService } from '../support/cache-service.ts';
import { CachedWorkflow, type WorkflowOutcome } from '../support/cached-workflow.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const commit = (letter: string): string => letter.repeat(40);
const images: Record<'slim' | 'full', string> = { slim: '', full: '' };

beforeAll(async () => {
  const base = await makeLayer({ 'etc/os-release': 'ID=test' });
  for (const name of ['slim', 'full'] as const) {
    const image = makeImage([base, await makeLayer({ 'app/version': name })]);
    images[name] = `oci:${writeFolder(newPath(name), layoutFiles([image.descriptor], image.blobs))}`;
  }
});

const RUN = (run: number, attempt = 1) => ({
  GITHUB_RUN_ID: String(run),
  GITHUB_RUN_ATTEMPT: String(attempt),
});

const warningsOf = ({ warnings }: WorkflowOutcome): string => warnings.join('\n');

describe('two images of one run', () => {
  it('of one name are refused in one job, whatever the baseline is', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    for (const baseline of ['cache', `dir:${newPath('history')}`]) {
      const inputs = { baseline, 'cas-root': newPath('store') };
      await workflow.push(images.slim, commit('a'), { inputs, env: RUN(1) });
      const second = await workflow.attempt(images.full, commit('a'), { inputs, env: RUN(1) });
      expect(second).toMatchObject({ status: 2, stderr: '' });
      expect(second.stdout).toContain(`in this run the name shop already belongs to ${images.slim}`);
      expect(second.stdout).toMatch(/--name \(input name\)/);
    }
  });

  it('of one name may be the same image', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    const inputs = { 'cas-root': newPath('store') };
    await workflow.push(images.slim, commit('a'), { inputs, env: RUN(1) });
    expect(await workflow.push(images.slim, commit('a'), { inputs, env: RUN(1) })).toMatchObject({
      status: 0,
    });
  });

  it('of one name in two jobs are never compared with one another, and the second is not saved', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    await workflow.push(images.slim, commit('a'), { env: RUN(1) });
    const other = await workflow.push(images.full, commit('a'), { env: RUN(1) });
    expect(other.outputs).toMatchObject({ 'baseline-found': 'false', 'baseline-saved': 'false' });
    expect(warningsOf(other)).toMatch(/this run has saved one under the name shop already.*input name/);

    const store = { baseline: `dir:${newPath('history')}` };
    const job = (image: string) =>
      workflow.push(image, commit('a'), { env: RUN(2), inputs: { ...store, 'cas-root': newPath('own') } });
    await job(images.slim);
    const again = await job(images.full);
    expect(again.outputs).toMatchObject({ 'baseline-found': 'false', 'baseline-saved': 'false' });
    expect(warningsOf(again)).toMatch(/this run has saved one under the name shop already/);
  });

  it('each have a history of their own under names of their own', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    const cas = newPath('store');
    for (const [run, each] of ['a', 'b'].entries()) {
      for (const name of ['slim', 'full'] as const) {
        const inputs = { name: `shop-${name}`, 'cas-root': cas };
        const { outputs } = await workflow.push(images[name], commit(each), { inputs, env: RUN(run) });
        expect(outputs).toMatchObject({ 'baseline-saved': 'true', changed: run === 0 ? '' : 'false' });
      }
    }
  });
});

describe('the second attempt of a push', () => {
  it('is compared with what the first one was, and never with it', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    await workflow.push(images.slim, commit('a'), { env: RUN(1) });
    const first = await workflow.push(images.full, commit('b'), { env: RUN(2) });
    const second = await workflow.push(images.full, commit('b'), { env: RUN(2, 2) });
    for (const { pointer, outputs } of [first, second]) {
      expect(pointer.baseline).toMatchObject({ commit: commit('a') });
      expect(outputs).toMatchObject({ changed: 'true', 'baseline-saved': 'true' });
    }
  });

  it('of the first push is a first run', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    await workflow.push(images.slim, commit('a'), { env: RUN(1) });
    const second = await workflow.push(images.slim, commit('a'), { env: RUN(1, 2) });
    expect(second.outputs).toMatchObject({ 'baseline-found': 'false', changed: '' });
  });

  it('is not compared with another run of its commit either', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    await workflow.push(images.slim, commit('a'), { env: RUN(1) });
    const other = await workflow.push(images.slim, commit('a'), { env: RUN(2) });
    expect(other.outputs).toMatchObject({ 'baseline-found': 'false' });
  });
});

describe('a schedule', () => {
  it('is compared with the run of the very commit before it, not with another job of its own', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    const scheduled = { GITHUB_EVENT_NAME: 'schedule' };
    await workflow.push(images.slim, commit('a'), { env: RUN(1) });
    await workflow.push(images.full, commit('a'), { env: { ...RUN(2), ...scheduled } });
    const job = await workflow.push(images.full, commit('a'), { env: { ...RUN(2), ...scheduled } });
    expect(job.pointer.baseline).toMatchObject({ commit: commit('a'), distance: 0 });
    expect(job.outputs).toMatchObject({ changed: 'true' });
  });

  it('is compared with that run in its second attempt, too', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    const scheduled = { GITHUB_EVENT_NAME: 'schedule' };
    await workflow.push(images.slim, commit('a'), { env: RUN(1) });
    for (const attempt of [1, 2]) {
      const run = await workflow.push(images.full, commit('a'), {
        env: { ...RUN(2, attempt), ...scheduled },
      });
      expect(run.pointer.baseline).toMatchObject({ commit: commit('a'), distance: 0 });
      expect(run.outputs).toMatchObject({ changed: 'true', 'baseline-saved': 'true' });
    }
  });

  it('of GitLab is not compared with the job that it tries again', async () => {
    const history = newPath('history');
    const job = async (image: string, pipeline: string, id: string) => {
      const outcome = await runVarve(
        [
          ...['snapshot', image, '--name', 'shop', '--baseline', `dir:${history}`],
          ...['--cas-root', newPath('store'), '--format', 'json'],
        ],
        {
          env: {
            ...{ GITLAB_CI: 'true', CI_COMMIT_SHA: commit('a'), CI_COMMIT_BRANCH: 'main' },
            ...{ CI_PIPELINE_SOURCE: 'schedule', CI_PIPELINE_ID: pipeline, CI_JOB_ID: id },
          },
        },
      );
      return JSON.parse(outcome.stdout);
    };
    expect((await job(images.slim, '1', '10')).comparisonDocument).toBeNull();
    for (const id of ['20', '21']) {
      expect((await job(images.full, '2', id)).comparisonDocument).toMatchObject({ changed: true });
    }
  });
});
