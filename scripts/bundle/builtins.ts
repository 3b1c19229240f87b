import { isBuiltin } from 'node:module';
import type { Plugin } from 'rolldown';

/** Modules that take Node milliseconds to load, and that many runs never call. */
const ON_CALL: ReadonlySet<string> = new Set([
  'node:child_process',
  'node:crypto',
  'node:readline',
  'node:worker_threads',
]);

/**
 * Gets Node's own modules without the facade that an `import` puts before each: building it calls every getter that a
 * module has, and so loads what nobody asked for, 12 ms at each start. Some are not loaded before they are called.
 */
export function getBuiltins(): Plugin {
  return {
    name: 'builtins',
    renderChunk: replaceImports,
    generateBundle(_, files) {
      for (const [name, file] of Object.entries(files)) {
        const left = file.type === 'chunk' ? /\bfrom\s*["'`]node:[\w/]+["'`]/.exec(file.code) : null;
        if (left !== null) this.error(`${name} imports one of Node's modules through a facade: ${left[0]}`);
      }
    },
  };
}

function replaceImports(code: string): string {
  const imports =
    /\bimport\s*(?:([\w$]+)\s*(?:,\s*|(?=from)))?(?:\*\s*as\s+([\w$]+)|(\{[^{}]*\}))?\s*from\s*(["'`])([\w:/]+)\4;?/g;
  return code.replace(
    imports,
    (whole, main: string, all: string, names: string, _quote, specifier: string) => {
      if (!isBuiltin(specifier)) return whole;
      const module = specifier.startsWith('node:') ? specifier : `node:${specifier}`;
      return [main ?? all, names]
        .filter((bindings) => bindings !== undefined)
        .map((bindings) => bind(bindings, module))
        .join('');
    },
  );
}

function bind(bindings: string, module: string): string {
  const get = `globalThis.process.getBuiltinModule(\`${module}\`)`;
  if (ON_CALL.has(module)) return bindOnCall(bindings, module, get);
  return `const ${bindings.replace(/([\w$]+)\s+as\s+/g, '$1:')}=${get};`;
}

function bindOnCall(bindings: string, module: string, get: string): string {
  const members = bindings.startsWith('{')
    ? [...bindings.matchAll(/([\w$]+)(?:\s+as\s+([\w$]+))?/g)].map(([, name = '', to = name]) => ({
        name,
        to,
      }))
    : [{ name: null, to: bindings }];
  const loaded = `$of_${members[0]?.to}`;
  const load = `(${loaded}??=${get})`;
  const bound = members.map(({ name, to }) => `${to}=${bindMember(name, module, load)}`);
  return `let ${loaded};const ${bound.join(',')};`;
}

/** Functions and classes can stand for themselves until they are called; what else a module has is got at once. */
function bindMember(name: string | null, module: string, load: string): string {
  if (name === null) return `new Proxy({},{get:(_,name)=>${load}[name]})`;
  const member = (process.getBuiltinModule(module) as Record<string, unknown>)[name];
  if (typeof member !== 'function') return `${load}.${name}`;
  if (/^[A-Z]/.test(name)) return `new Proxy(class{},{construct:(_,of)=>new(${load}.${name})(...of)})`;
  return `(...of)=>${load}.${name}(...of)`;
}
