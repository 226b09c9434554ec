import { expect, test } from "vitest";
import { toys } from "./toys.ts";

test("names every toy as its world names itself", () => {
  expect(Object.keys(toys)).toEqual(Object.values(toys).map((toy) => toy().name));
});
