import { expect, test } from "vitest";
import { Failure } from "#base/failure.ts";
import { fitting, gib } from "./memory.ts";

test("counts the arrays that are taken", async () => {
  const { made, arrayBytes } = await fitting(async () => new Float32Array(1e7));
  expect(made).toHaveLength(1e7);
  expect(arrayBytes).toBeGreaterThanOrEqual(4e7);
  expect(arrayBytes).toBeLessThan(4.5e7);
});

test("refuses what cannot be taken, and what could not be filled, before anything is filled", async () => {
  const endless = fitting(async () => new Float32Array(2 ** 53 - 1));
  await expect(endless).rejects.toThrow(Failure);
  await expect(endless).rejects.toMatchObject({ code: "training/too-large" });
  // Room that the system promises without having it: nothing is written into it.
  const promised = fitting(async () => Array.from({ length: 64 }, () => new Float32Array(2 ** 30)));
  await expect(promised).rejects.toMatchObject({ code: "training/too-large" });
});

test("lets other errors through as they are", async () => {
  await expect(fitting(async () => Promise.reject(new Error("other")))).rejects.toThrow("other");
});

test("says sizes in words", () => {
  expect([gib(5 * 2 ** 20), gib(1.5 * 2 ** 30)]).toEqual(["5 MiB", "1.5 GiB"]);
});
