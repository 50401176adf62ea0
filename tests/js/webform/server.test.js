import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { csrfToken } from "../../../static/js/webform/server.js";

afterEach(() => delete globalThis.document);

for (const [cookies, token] of [
  ["csrftoken=a1", "a1"],
  ["account=3; csrftoken=a1; left=", "a1"],
  ["account=3; __Host-csrftoken=a1", "a1"], // by HTTPS
  ["account=3", ""],
]) {
  test(`the token in “${cookies}”`, () => {
    globalThis.document = { cookie: cookies };
    assert.equal(csrfToken(), token);
  });
}
