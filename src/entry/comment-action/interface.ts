/** Every output of the action that comments, with what it holds. */
export const COMMENT_ACTION_OUTPUTS = {
  'comment-url': "The page of the pull request's comment; empty without one.",
} as const;

/** What inputs mean to this action, where others ask more of them. */
export const COMMENT_ACTION_WORDING = {
  ca: 'File with additional CA certificates (PEM) to trust for GitHub.',
  'github-token':
    'Token for requests to GitHub: for the pull request that a workflow_run is of, and for its comment (pull-requests: write). Default: the variable GITHUB_TOKEN.',
} as const;
