'use strict';

const { createRequire } = require('node:module');
const { join } = require('node:path');

/** What the workspace's own CLI brings: always there, of the right version, and no dependency of this package. */
exports.workspaceRequire = (name) => {
  const cli = join(process.cwd(), 'node_modules/@angular/cli/package.json');
  try {
    // Twice, since `@angular/cli` may be a link to where its dependencies are.
    return createRequire(require.resolve(cli))(name);
  } catch {
    return require(name);
  }
};
