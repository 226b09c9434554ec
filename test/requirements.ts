/** @file What some tests need from the machine. Absent: the test is skipped, or fails where PLOUTOS_REQUIRE_ALL is set (CI). */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Real market data beside the project; never part of it. */
export const sharedData: string = fileURLToPath(new URL("../../shared/data/", import.meta.url));

/** Debian's interpreter, the one that sees Debian's python3-onnx and python3-xgboost. */
export const debianPython = "/usr/bin/python3";

/** Debian's browser, for looking at reports. */
export const chromium = "/usr/bin/chromium";

/** The software driver for Vulkan that it brings. */
export const vulkanDriver = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** Can Debian's Python import this? */
export function pythonHas(module: string): boolean {
  return spawnSync(debianPython, ["-c", `import ${module}`], { stdio: "ignore" }).status === 0;
}

function present(name: string, found: boolean): boolean {
  if (!found && process.env["PLOUTOS_REQUIRE_ALL"] !== undefined) {
    throw new Error(`Every requirement of the tests must be present here; ${name} is absent. See .ci/run.`);
  }
  return found;
}

/** Use as `test.skipIf(!needs.pythonOnnx())(…)`. Each call throws instead of answering no where nothing may be skipped. */
export const needs = {
  sharedData: (): boolean => present("../shared/data", existsSync(sharedData)),
  pythonOnnx: (): boolean => present("python3-onnx", pythonHas("onnx")),
  pythonXgboost: (): boolean => present("python3-xgboost", pythonHas("xgboost")),
  chromium: (): boolean => present("chromium", existsSync(chromium)),
  vulkan: (): boolean => present("chromium's driver for Vulkan", existsSync(vulkanDriver)),
};
