import { type HttpResponse, headerOf, retryAfter } from '../http/http-response.ts';
import { type ApiAccess, type ApiLimit, type ApiServer, JsonApi } from '../http/json-api.ts';

/** How a repository on GitHub is reached. */
export interface GitHubAccess {
  /** The address of the API: `https://api.github.com`, or that of an own server. */
  readonly api: string;
  /** `OWNER/NAME` */
  readonly repository: string;
  readonly token: string;
}

const GITHUB: ApiServer = {
  name: 'GitHub',
  variable: 'GITHUB_API_URL',
  headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
  // 409: the repository is empty; 422: it has no commit of this id.
  absent: [404, 409, 422],
  limitIn,
  isLimit: (said) => /\brate limit\b/i.test(said),
  lackIn,
};

/** GitHub's API of one repository. Dispose of it to close its connections. */
export class GitHubApi extends JsonApi {
  constructor({ api, repository, token }: GitHubAccess, ...more: RestOf<typeof JsonApi>) {
    super(accessTo(api, repository, token), ...more);
  }
}

/** What a constructor takes after its first parameter. */
type RestOf<C extends abstract new (...args: never) => unknown> =
  ConstructorParameters<C> extends [unknown, ...infer Rest] ? Rest : never;

function accessTo(api: string, repository: string, token: string): ApiAccess {
  return { base: `${api.replace(/\/+$/, '')}/repos/${repository}`, owner: repository, token, server: GITHUB };
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible */
function lackIn(response: HttpResponse): string {
  const accepted = headerOf(response, 'x-accepted-github-permissions');
  return /^[a-z_=,; ]{1,200}$/.test(accepted) ? ` (GitHub asks for ${accepted})` : '';
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
function limitIn(response: HttpResponse): ApiLimit | null {
  if (response.status !== 403 && response.status !== 429) return null;
  const asked = retryAfter(response);
  if (asked !== null) return { wait: asked };
  if (headerOf(response, 'x-ratelimit-remaining') !== '0') return null;
  const reset = headerOf(response, 'x-ratelimit-reset');
  return { wait: /^\d{1,12}$/.test(reset) ? Math.max(0, Number(reset) * 1000 - Date.now()) : null };
}
