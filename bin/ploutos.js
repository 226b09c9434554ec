#!/usr/bin/env node
/** @file Starts the program: from src/ in a clone, from dist/ in an installed package; on an old Node, with the pinned one. Plain JavaScript, so that an old Node can read it. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import * as module from "node:module";
import { fileURLToPath } from "node:url";

const oldestMajor = 24;
const source = new URL("../src/cli/main.ts", import.meta.url);
const main = existsSync(source) ? source : new URL("../dist/cli/main.js", import.meta.url);
const pinned = fileURLToPath(
  new URL(`../node_modules/node/bin/node${process.platform === "win32" ? ".exe" : ""}`, import.meta.url),
);

if (Number(process.versions.node.split(".")[0]) >= oldestMajor) {
  // What was compiled once need not be again: half of the time to start.
  module.enableCompileCache?.();
  await import(main.href);
} else if (existsSync(pinned)) {
  runWith(pinned);
} else {
  process.stderr.write(
    `ploutos: Node ${oldestMajor} or newer is needed; this is Node ${process.versions.node}. Install a newer one from https://nodejs.org, then run the same command again.\n`,
  );
  process.exitCode = 1;
}

/**
 * Runs the program with another Node and ends as that ends. It gets a process group of its own: a Ctrl-C at the terminal
 * reaches this process only (perhaps twice, as npm passes it on as well), and is handed on once.
 */
function runWith(node) {
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], {
    stdio: "inherit",
    detached: process.platform !== "win32",
  });
  const handedOn = {};
  const handOn = (signal) => {
    const again = Date.now() - handedOn[signal] < 250;
    if (!again) child.kill(signal);
    handedOn[signal] = Date.now();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, handOn);
  child.on("error", (error) => {
    process.stderr.write(`ploutos: ${node} could not be started (${error.message}). Run \`npm ci\` again.\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of signals) process.off(name, handOn);
    process.kill(process.pid, signal);
  });
}
