import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderActionMetadata, renderCommentActionMetadata } from '../../../scripts/generate-action.ts';

interface Input {
  readonly description: string;
  readonly required: boolean;
  readonly default?: string;
}

const inputsOf = (metadata: string): Readonly<Record<string, Input>> => parse(metadata).inputs;

describe('action.yml', () => {
  it.each([
    ['comment', 'notable'],
    ['comment-key', 'varve'],
    ['base-image', 'auto'],
    ['save', 'true'],
    ['baseline', 'cache'],
    ['max-layer-bytes', '64GiB'],
  ])('says what %s is where it is not given, and leaves it to files of settings', (name, fallback) => {
    const input = inputsOf(renderActionMetadata())[name];
    expect(input?.description).toMatch(new RegExp(` Default: ${fallback}\\.$`));
    expect(input).not.toHaveProperty('default');
  });

  it('has no input that must be given: image and metadata stand in for each other', () => {
    const inputs = Object.values(inputsOf(renderActionMetadata()));
    expect(inputs.filter(({ required }) => required)).toEqual([]);
    expect(inputs.filter(({ description }) => description.match(/Default:/g)?.length === 2)).toEqual([]);
  });
});

describe('comment/action.yml', () => {
  it('must be given results alone, and speaks of what it does', () => {
    const inputs = inputsOf(renderCommentActionMetadata());
    expect(Object.keys(inputs).filter((name) => inputs[name]?.required)).toEqual(['results']);
    expect(inputs['github-token']).toMatchObject({ default: expect.stringContaining('github.token') });
    for (const { description } of Object.values(inputs))
      expect(description).not.toMatch(/registr|GitLab|cache|varve\.yml|contents: read/);
  });
});
