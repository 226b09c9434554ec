import { expect, test } from "vitest";
import { instrument } from "#domain/instrument.ts";
import { freeAccount } from "./account-rules.ts";
import type { ActionSettings } from "./action-spaces.ts";
import { actingOf, actionSpaceNames, isContinuous } from "./action-spaces.ts";

const settings: ActionSettings = {
  levels: [-1, 0, 1],
  bracket: { stopsAtr: [1], targetsAtr: [2] },
  plan: { sizing: { kind: "lots", lots: 1 } },
};
const instruments = [instrument("A"), instrument("B")];

test("has a name for each space, which is the space's own", () => {
  for (const name of actionSpaceNames) {
    const acting = actingOf(name, settings, instruments, freeAccount);
    expect(acting.name).toBe(name);
    expect(isContinuous(name)).toBe(acting.space.kind === "box");
    if (acting.space.kind === "discrete") expect(acting.space.sizes.length, "one head for each instrument").toBe(2);
  }
});

test("refuses weights on a hedging account by the name of the setting, and allows signals there", () => {
  const hedging = { ...freeAccount, positions: "hedging" } as const;
  for (const name of ["levels", "weights", "weights-long"] as const) {
    expect(() => actingOf(name, settings, instruments, hedging)).toThrow(
      `actions: ${name} needs account.positions to be netting; found hedging`,
    );
  }
  expect(actingOf("gemini-6", settings, instruments, hedging).masked).toBe(true);
});

test("every space acts in instruments of other currencies than the account's", () => {
  const mixed = [
    instrument("EURGBP", { assetClass: "currency", currency: "GBP", calendar: "fx" }),
    instrument("GBPUSD", { assetClass: "currency", currency: "USD", calendar: "fx" }),
  ];
  const rules = { ...freeAccount, currency: "USD" };
  for (const name of actionSpaceNames) expect(actingOf(name, settings, mixed, rules).name).toBe(name);
});
