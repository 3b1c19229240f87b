import { type HttpResponse, headerOf } from '../http/http-response.ts';
import { type ApiAccess, type ApiServer, JsonApi } from '../http/json-api.ts';

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
  headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
  hints: {
    'other-name': 'name GitHub in GITHUB_API_URL as its certificate does',
    'not-tls': 'if GitHub speaks plain HTTP, say so in GITHUB_API_URL',
    'not-plain': 'if GitHub speaks TLS, say so in GITHUB_API_URL',
    name: 'check GITHUB_API_URL and the proxy settings',
    refused: 'check GITHUB_API_URL, the proxy settings, and whether GitHub runs',
  },
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
