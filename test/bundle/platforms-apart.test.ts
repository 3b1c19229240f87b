import { describe, expect, it } from 'vitest';
import { makeLayer } from '../support/image-maker.ts';
import { AMD64, ARM64, imageFor, writeIndexed } from '../support/platform-images.ts';
import { runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const layer = (text: string) => makeLayer({ 'app/main': text });

/** What records one platform: a job of a pipeline, an attempt at a run, a call by hand. */
const WAYS: readonly (readonly [string, (run: number, job: number) => Record<string, string>])[] = [
  [
    'jobs of a pipeline on GitLab',
    (run, job) => ({ GITLAB_CI: 'true', CI_PIPELINE_ID: String(run), CI_JOB_ID: String(run * 10 + job) }),
  ],
  [
    'attempts of a run on GitHub',
    (run, job) => ({ GITHUB_ACTIONS: 'true', GITHUB_RUN_ID: String(run), GITHUB_RUN_ATTEMPT: String(job) }),
  ],
  ['runs by hand', () => ({})],
];

describe('platforms that are recorded one by one', () => {
  it.each(WAYS)('by %s are all compared, not only the last', async (_, environment) => {
    const store = newPath('store');
    const record = async (run: number, job: number, platform: typeof AMD64, text: string) => {
      const image = writeIndexed(newPath('image'), [imageFor(platform, [await layer(text)])]);
      const line = ['snapshot', image, '--name', 'web', '--platform', `linux/${platform.architecture}`];
      const outcome = await runVarve([...line, '--baseline', `dir:${store}`], {
        env: { GIT_DIR: '/nonexistent', ...environment(run, job) },
      });
      expect(outcome).toMatchObject({ status: 0 });
    };
    await record(1, 1, AMD64, 'one');
    await record(1, 2, ARM64, 'same');
    await record(2, 1, AMD64, 'two');
    await record(2, 2, ARM64, 'same');
    const line = ['compare', 'history:web~1', 'history:web', '--platform', 'all', '--exit-code'];
    const { status, stdout } = await runVarve([...line, '--baseline', `dir:${store}`]);
    expect(stdout).toContain('linux/amd64');
    expect(status).toBe(1);
  });
});
