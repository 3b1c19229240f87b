import type { Plugin } from 'rolldown';

/** Modules that take Node milliseconds to load, and that many runs never call. */
const ON_CALL: ReadonlySet<string> = new Set(['node:child_process', 'node:crypto']);

/**
 * Gets Node's own modules without the facade that an `import` puts before each: building it calls every getter that a
 * module has, and so loads what nobody asked for, 12 ms at each start. Some are not loaded before they are called.
 */
export function getBuiltins(): Plugin {
  return { name: 'builtins', renderChunk: replaceImports };
}

function replaceImports(code: string): string {
  const imports = /\bimport\s*(?:\*\s*as\s+)?([\w$]+|\{[^{}]*\})\s*from\s*(["'`])(node:[\w/]+)\2;?/g;
  return code.replace(imports, (_, names: string, _quote: string, module: string) => {
    const get = `globalThis.process.getBuiltinModule(\`${module}\`)`;
    if (ON_CALL.has(module)) return bindOnCall(names, module, get);
    return `const ${names.replace(/([\w$]+)\s+as\s+/g, '$1:')}=${get};`;
  });
}

/** Classes are got at once, since a function cannot stand in for them. */
function bindOnCall(names: string, module: string, get: string): string {
  const loaded = `$${module.replace(/\W/g, '_')}`;
  const load = `(${loaded}??=${get})`;
  const bindings = names.startsWith('{')
    ? [...names.matchAll(/([\w$]+)(?:\s+as\s+([\w$]+))?/g)].map(([, name = '', bound = name]) =>
        /^[A-Z]/.test(name) ? `${bound}=${load}.${name}` : `${bound}=(...of)=>${load}.${name}(...of)`,
      )
    : [`${names}=new Proxy({},{get:(_,name)=>${load}[name]})`];
  return `let ${loaded};const ${bindings.join(',')};`;
}
