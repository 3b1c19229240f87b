/** What a run says of itself in what it stores. */
export interface RunFacts {
  readonly scanId: string;
  /** When it is, RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  /** Version of Varve. */
  readonly version: string;
  readonly commit: string | null;
  readonly branch: string | null;
  readonly pullRequest: number | null;
}

/** Names a build of Varve in everything that it stores. */
export const scannerBuildOf = (version: string): string => `varve@${version}`;
