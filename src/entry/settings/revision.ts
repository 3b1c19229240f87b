import { parseCommit, parseText, parseWord } from './parse.ts';
import { BY_USER, JOB, optional, SECRETLY } from './setting.ts';

/** Which commit was built, and how more is learned of it. */
export const REVISION_SETTINGS = {
  commit: optional({
    value: 'SHA',
    description:
      'Commit that the image was built from, as 7 to 64 hexadecimal digits. Default: the commit that GitHub or GitLab names, or that is checked out.',
    parse: parseCommit,
    faces: JOB,
    from: BY_USER,
  }),
  branch: optional({
    value: 'BRANCH',
    description:
      'Branch that the image was built on. Default: the branch that GitHub or GitLab names, or that is checked out.',
    parse: parseWord,
    faces: JOB,
    from: BY_USER,
  }),
  'github-token': optional({
    value: 'TOKEN',
    description:
      'Token for requests to GitHub: for commits and a varve.yml that the checkout does not have (contents: read), for who saved a cache entry (actions: read), for the pull request of an issue_comment or workflow_run (pull-requests: read), and for the comment (pull-requests: write). Default: the variable GITHUB_TOKEN.',
    parse: parseText,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub evaluates it.
    inWorkflow: '${{ github.token }}',
    faces: [...JOB, 'comment action'],
    from: SECRETLY,
  }),
  'gitlab-token': optional({
    value: 'TOKEN',
    description:
      'Token for the note in the merge request of a GitLab pipeline, with the scope api. Default: the variable GITLAB_TOKEN.',
    parse: parseText,
    faces: ['ci'],
    from: SECRETLY,
  }),
} as const;
