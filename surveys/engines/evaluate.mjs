/** Questions come in as JSON, answers go out. */

import { readFileSync } from "node:fs";

import { answersOf } from "./answers.mjs";

process.stdout.write(JSON.stringify(await answersOf(JSON.parse(readFileSync(0, "utf8")))));
