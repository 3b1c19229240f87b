import { VarveError } from '../../base/errors.ts';
import { COMMENT_KEY } from '../../core/comment/comment.ts';
import { COMMENT_RULES, type CommentRule } from '../../core/comment/worth.ts';
import { type Parse, parseLines } from './parse.ts';
import { ANYWHERE, BY_USER, COMMENTERS, setting } from './setting.ts';

const parseRule: Parse<CommentRule> = (text) => {
  const rule = COMMENT_RULES.find((each) => each === text.trim());
  if (rule !== undefined) return rule;
  throw new VarveError('bad-option', `${JSON.stringify(text.slice(0, 100))} is not a rule for comments`, {
    hint: `write one of: ${COMMENT_RULES.join(', ')}`,
  });
};

const parseKey: Parse<string> = (text) => {
  const key = text.trim();
  if (COMMENT_KEY.test(key)) return key;
  throw new VarveError('bad-option', `${JSON.stringify(text.slice(0, 100))} cannot be the key of a comment`, {
    hint: 'write at most 64 letters, digits, dots, underscores and hyphens',
  });
};

/** What is said in the pull request. */
export const COMMENT_SETTINGS = {
  results: setting<readonly string[], 'comment action'>({
    value: 'PATH',
    description:
      'Results of earlier jobs, as the output result-path names them: files, or folders in which every varve-result.json is taken, one on each line.',
    parse: parseLines,
    fallback: [],
    faces: ['comment action'],
    from: BY_USER,
    isRequired: true,
  }),
  comment: setting({
    value: 'WHEN',
    description:
      'When a pull request gets a comment: notable (keys, unusual rights and wasted bytes that are new, changed config, another base image, platforms that are new or gone, what could not be compared, a size that changed by more than 1 % and 1 MB, layers that need not be pulled again), on-change, always or never. A comment that is there is always brought up to date, except by never. The token needs pull-requests: write.',
    parse: parseRule,
    fallback: 'notable' as CommentRule,
    faces: COMMENTERS,
    from: ANYWHERE,
    isRule: true,
  }),
  'comment-key': setting({
    value: 'KEY',
    description:
      'Tells apart several comments of one pull request: jobs with the same key write one comment together, with a section for each image.',
    parse: parseKey,
    fallback: 'varve',
    faces: COMMENTERS,
    from: ANYWHERE,
  }),
} as const;
