import { expect, test } from "vitest";
import { input, inOrder } from "./graph.ts";
import { hoist } from "./hoist.ts";
import { add, mul, tanh } from "./ops/elementwise.ts";
import { gemm } from "./ops/linalg.ts";
import { gather } from "./ops/movement.ts";
import { evaluate } from "./reference.ts";

const table = input("table", [4, 2]);
const weight = input("weight", [2, 3]);
const row = input("row", [2], "int64");
const whole = tanh(gemm(table, weight));
const feeds = { table: [1, 2, 3, 4, 5, 6, 7, 8], weight: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], row: [3, 1] };

test("computes before what no row changes, and the same in all", () => {
  const outputs = { y: mul(gather(whole, row), 2), scale: add(weight, 1) };
  const { before, after } = hoist(outputs, table, [row]);
  expect(Object.values(before)).toEqual([whole]);
  const ready = evaluate(before, { table: feeds.table, weight: feeds.weight });
  const found = evaluate(after, { ...ready, weight: feeds.weight, row: feeds.row });
  expect(found).toEqual(evaluate(outputs, feeds));
  const needed = inOrder(Object.values(after)).filter(({ op }) => op === "input");
  expect(needed, "the table is not asked for again").not.toContain(table);
});

test("leaves a graph as it is where every use of the table asks for a row first", () => {
  const outputs = { y: gemm(gather(table, row), weight) };
  const { before, after } = hoist(outputs, table, [row]);
  expect(before).toEqual({});
  expect(evaluate(after, feeds)).toEqual(evaluate(outputs, feeds));
});
