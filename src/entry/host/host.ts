import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { hostPlatform, type Platform } from '../../core/words/platform.ts';
import { findCheckouts } from './checkouts.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the machine and its user say, read once. Every path is absolute. */
export interface Host {
  readonly environment: Environment;
  /** The platform whose images this machine runs. */
  readonly platform: Platform;
  /** The user's folder; null for a user without one. */
  readonly home: string | null;
  /** For what is gone at the end of the run. */
  readonly temporaryFolder: string;
  /** Where docker keeps contexts and credentials; null without a home. */
  readonly dockerFolder: string | null;
  /**
   * Where the command line keeps its store: one for each user, so that what was read once is known everywhere. Null
   * without a home: what lies in a folder that others may write to is not to be believed.
   */
  readonly storeFolder: string | null;
  /** Whether it is a job of GitHub or GitLab, which checks out what others wrote. */
  readonly inWorkflow: boolean;
  /** Folders of checkouts, as they are written and as the file system names them. */
  readonly checkouts: readonly string[];
  readonly proxies: { readonly http: string; readonly https: string; readonly none: string };
}

/** Reads what a machine says of itself. An empty variable counts as not set. */
export function readHost(environment: Environment): Host {
  const home = folder(environment.HOME) ?? homeOfUser();
  const temporaryFolder = folder(environment.RUNNER_TEMP) ?? tmpdir();
  const data = folder(environment.XDG_DATA_HOME) ?? (home && join(home, '.local', 'share'));
  // Programs agree on either case; in a CGI-like setting only the lower one of http_proxy is the user's own.
  const proxy = (name: string) => environment[name] ?? environment[name.toUpperCase()] ?? '';
  return {
    environment,
    platform: hostPlatform(process.arch),
    home,
    temporaryFolder,
    dockerFolder: environment.DOCKER_CONFIG || (home && join(home, '.docker')),
    // https://specifications.freedesktop.org/basedir-spec/latest/
    storeFolder: data && join(data, 'varve'),
    inWorkflow: environment.GITHUB_ACTIONS === 'true' || environment.GITLAB_CI === 'true',
    checkouts: findCheckouts(environment, process.cwd()),
    proxies: { http: proxy('http_proxy'), https: proxy('https_proxy'), none: proxy('no_proxy') },
  };
}

/** A relative path would make of the working directory, which is a stranger's, the place of what is the user's own. */
const folder = (path: string | undefined): string | null => (path && isAbsolute(path) ? path : null);

function homeOfUser(): string | null {
  try {
    return folder(userInfo().homedir);
  } catch {
    // The user of a container is often known to it by number alone.
    return null;
  }
}
