import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openMetricsLog, readMetrics } from "./metrics-log.ts";

const scratch = mkdtempSync(join(tmpdir(), "ploutos-metrics-"));
afterAll(() => rmSync(scratch, { recursive: true }));

let made = 0;
function place(content?: string): string {
  const path = join(scratch, `${made++}.jsonl`);
  if (content !== undefined) writeFileSync(path, content);
  return path;
}

test("writes one JSON line for each update, in the order of insertion, to the last digit", async () => {
  const path = place();
  const log = await openMetricsLog(path, 0);
  log.append({ step: 1, zeta: 0.1 + 0.2, alpha: -1e-300, phase: 'a "quote" and a\nnew line' });
  log.append({ step: 2 });
  log.close();
  const first = '{"step":1,"zeta":0.30000000000000004,"alpha":-1e-300,"phase":"a \\"quote\\" and a\\nnew line"}';
  expect(readFileSync(path, "utf8")).toBe(`${first}\n{"step":2}\n`);
  expect(log.bytes).toBe(readFileSync(path).length);
  expect(await readMetrics(path)).toEqual([
    { step: 1, zeta: 0.1 + 0.2, alpha: -1e-300, phase: 'a "quote" and a\nnew line' },
    { step: 2 },
  ]);
});

test("refuses what JSON cannot say, and writes nothing of that line", async () => {
  const path = place();
  const log = await openMetricsLog(path, 0);
  for (const loss of [NaN, Infinity, -Infinity, "\ud800"]) {
    expect(() => log.append({ step: 1, loss })).toThrow("metric=loss");
  }
  expect(() => log.append({ step: 1, 7: 1 })).toThrow("starts with a letter");
  log.close();
  expect(readFileSync(path, "utf8")).toBe("");
});

test("cuts off what came after the part to keep, torn lines included", async () => {
  const path = place('{"step":1}\n{"step":2}\n{"ste');
  const log = await openMetricsLog(path, 11);
  log.append({ step: 3 });
  log.close();
  expect(readFileSync(path, "utf8")).toBe('{"step":1}\n{"step":3}\n');
});

test("reads a log that was killed in the middle of a line without that line", async () => {
  expect(await readMetrics(place('{"step":1}\n{"step":2'))).toEqual([{ step: 1 }]);
  expect(await readMetrics(place('{"st'))).toEqual([]);
  expect(await readMetrics(place(""))).toEqual([]);
});

test("refuses a log that lost or changed what should be kept, and leaves it as it was", async () => {
  const damaged = expect.objectContaining({ code: "storage/damaged-file" });
  const cases = ['{"step":1}\n', '{"step":1}\n{"step":2', '{"step":1}\n{"step"}2}\n', '{"step":1}{"step":2} \n\n'];
  for (const content of cases) {
    const path = place(content);
    await expect(openMetricsLog(path, 22), content).rejects.toThrow(damaged);
    expect(readFileSync(path, "utf8")).toBe(content);
  }
  await expect(openMetricsLog(place(), 22)).rejects.toThrow("missing");
});

test("names the line that is no line of metrics", async () => {
  for (const line of ["[1]", '{"step":null}', "", '{"a":{}}']) {
    await expect(readMetrics(place(`{"step":1}\n${line}\n`)), line).rejects.toThrow("line 2");
  }
  await expect(readMetrics(place())).rejects.toThrow(expect.objectContaining({ code: "storage/not-found" }));
});
