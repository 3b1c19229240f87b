import { join } from 'node:path';
import type { Plugin } from 'rolldown';

const PARTS = '\0undici-parts';

/**
 * Leaves out of undici what takes longest to load: for our own sources all but the agents, and for everyone HTTP/2 until
 * a server speaks it. That is more than half of the 65 ms that it takes whole. And an action that asks for no identity
 * token needs none of it to start.
 * @param root the project's folder.
 */
export function trimHttpClient(root: string): Plugin {
  const library = join(root, 'node_modules/undici/lib');
  const tokens = join(root, 'node_modules/@actions/core/lib/oidc-utils.js');
  return {
    name: 'http-client',
    resolveId: (source, importer) =>
      source === 'undici' && importer?.startsWith(join(root, 'src/')) ? PARTS : null,
    load: (id) => {
      if (id === PARTS) return partsOf(library);
      return id === tokens ? 'export const OidcClient = null;' : null;
    },
    transform: (code, id) => (id === join(library, 'dispatcher/client.js') ? loadHttp2Later(code) : null),
  };
}

/** What `undici` itself does for these, in its `index.js`. */
function partsOf(library: string): string {
  const path = (part: string): string => JSON.stringify(join(library, part));
  return `
    import api from ${path('api/index.js')};
    import Dispatcher from ${path('dispatcher/dispatcher.js')};
    export { default as Agent } from ${path('dispatcher/agent.js')};
    export { default as EnvHttpProxyAgent } from ${path('dispatcher/env-http-proxy-agent.js')};
    Object.assign(Dispatcher.prototype, api);
  `;
}

function loadHttp2Later(code: string): string {
  const now = "const connectH2 = require('./client-h2.js')";
  if (!code.includes(now)) throw new Error('undici loads HTTP/2 in another way than it did');
  return code.replace(now, "const connectH2 = (...args) => require('./client-h2.js')(...args)");
}
