import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../src/base/canonical-json.ts';
import { parseComment } from '../../src/core/comment/comment.ts';
import { PullRequestRuns, V1, V2 } from '../support/pull-request-runs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const RUN = 700;

describe('the comment of a pull request', () => {
  it('is written by the action, and updated in place', async () => {
    const runs = await PullRequestRuns.start(newPath);
    await runs.push(V1);
    const first = await runs.build(V2);
    const { id, body, html_url: url } = await runs.only();
    expect(first.outputs['comment-url']).toBe(url);
    expect(body).toMatch(/^<!-- varve:comment varve -->\n<!-- varve:section [\w-]+ -->\n### ✅ `shop` /);
    await runs.build(V1);
    expect(await runs.only()).toMatchObject({ id, body: expect.stringContaining('`shop` no change') });
  });

  it('is written by the action in comment/ of what other jobs left, updated, shows nothing foreign, and stays deleted', async () => {
    const runs = await PullRequestRuns.start(newPath);
    const artifacts = runs.newFolder();
    await runs.leave('shop', V2, artifacts, RUN);
    const event = runs.github.eventAfter(RUN);
    const first = await runs.follow(artifacts, event);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    const { id, body, html_url: url } = await runs.only();
    expect(first.outputs['comment-url']).toBe(url);
    expect(parseComment(body, 'varve')).toMatchObject([{ subject: { image: 'shop' }, run: { id: RUN } }]);
    expect(body).toContain("Reported by the pull request's own run.");

    const path = join(artifacts, 'shop', 'varve-result.json');
    const result = JSON.parse(readFileSync(path, 'utf8'));
    result.workflow.run = RUN + 1;
    writeFileSync(path, canonicalBytes(result));
    await runs.follow(artifacts, runs.github.eventAfter(RUN + 1));
    expect(await runs.only()).toMatchObject({ id, body: expect.not.stringContaining(body) });

    const { body: before } = await runs.only();
    const foreign = await runs.follow(artifacts, runs.github.eventAfter(RUN + 2));
    expect(foreign.stdout).toMatch(/::warning title=Varve::1 of the results are not of run 702/);
    expect((await runs.only()).body).toBe(before);

    // Whoever deletes it has read what was pushed before.
    const again = runs.github.eventAfter(RUN + 1);
    await runs.github.delete(await runs.only());
    await runs.follow(artifacts, again);
    expect(await runs.github.comments()).toEqual([]);
  });
});
