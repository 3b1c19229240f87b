import { shorten } from './visible.ts';

/** Environment variables whose values may be shown in public; everything else may be a secret. */
const SHOWN_VARIABLES =
  /^(PATH|LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|HOME|NODE_ENV|DEBIAN_FRONTEND|SOURCE_DATE_EPOCH|GOPATH|GOROOT|JAVA_HOME|PYTHONPATH|PYTHONUNBUFFERED|PYTHONDONTWRITEBYTECODE|[A-Z][A-Z0-9_]*_VERSION)$/;

const ENVIRONMENT = '/config/Env/';

/** Fields that hold no variables. Others, such as what builders note of a build with its arguments, may. */
const SHOWN_FIELDS =
  /^\/(architecture|variant|os|os\.version|os\.features|author|config\/(User|WorkingDir|Entrypoint|Cmd|Shell|StopSignal|StopTimeout|ArgsEscaped|OnBuild|Hostname|Domainname|(Labels|ExposedPorts|Volumes|Healthcheck)\/.+))$/s;

/** Tells whether the values at a place of the config may be shown; environment variables only by name. */
export function mayShow(pointer: string, values: readonly unknown[]): boolean {
  if (pointer.startsWith(ENVIRONMENT)) return SHOWN_VARIABLES.test(pointer.slice(ENVIRONMENT.length));
  // A trigger is an instruction for a later build, and may set variables.
  if (pointer === '/config/OnBuild' && values.some(setsVariables)) return false;
  return SHOWN_FIELDS.test(pointer);
}

const setsVariables = (value: unknown): boolean => /\b(ENV|ARG)\b/i.test(JSON.stringify(value) ?? '');

/** Longer than anything that a report shows of one text. */
const READ = 10_000;

/** Takes user and password out of the URLs in a text, also where it was cut in them; of very long texts the middle too. */
export function withoutCredentials(text: string): string {
  return shorten(text, READ)
    .replaceAll(/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'`]*@/gi, '$1***@')
    .replaceAll(/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'`@]*…/gi, '$1***…');
}
