// node run.mjs SCENARIO: runs one, named like its test. Without a name it lists them. Lines on stdout are requests to the test.
import { end } from './client.mjs';
import * as authentication from './scenarios/authentication.mjs';
import * as codeFlow from './scenarios/code-flow.mjs';
import * as mcp from './scenarios/mcp.mjs';
import * as proofs from './scenarios/proofs.mjs';
import * as refresh from './scenarios/refresh.mjs';
import * as sessions from './scenarios/sessions.mjs';
import * as tokens from './scenarios/tokens.mjs';

const scenarios = { ...authentication, ...codeFlow, ...mcp, ...proofs, ...refresh, ...sessions, ...tokens };
const name = process.argv[2];
try {
  if (name === undefined) {
    Object.keys(scenarios).forEach(each => console.log(each));
  } else if (name in scenarios) {
    await scenarios[name]();
  } else {
    throw new Error(`There is no scenario ${name}.`);
  }
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  end();
}
