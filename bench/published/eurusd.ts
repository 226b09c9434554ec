/** @file The reference split of the seed documents on EUR/USD by the hour: learned on 2023, chosen on Q1 2024, traded to its end. */
import { fileURLToPath } from "node:url";
import { alignUniverse } from "#data/align.ts";
import { readBarsFile } from "#data/bars-file.ts";
import { splitPresets } from "#data/split.ts";
import { instrument } from "#domain/instrument.ts";
import type { ExperimentInput } from "#training/experiment.ts";
import { presets } from "#training/presets.ts";
import type { Protocol } from "./protocol.ts";

const file = fileURLToPath(new URL("../../../shared/data/fx/EURUSD_1h.csv.gz", import.meta.url));
const alpha: ExperimentInput = presets["alpha-v1"];

export const eurusd: Protocol = {
  name: "eurusd",
  title: "EUR/USD by the hour: learned on 2023, chosen on the first quarter of 2024, traded 2024-04-01 to 2024-12-31",
  split: splitPresets.reference,
  borders: { purgeBars: 24, embargoBars: 0 },
  agents: {
    "PPO alpha-v1": alpha,
    SAC: { agent: "sac", actions: "weights", costs: alpha.costs, network: { hidden: [64, 64] } },
  },
  published: [],
  differs: [
    "The file has no spread: a full spread of 1 basis point and a slippage of a hundredth of the ATR are assumed; holding over night costs nothing here.",
  ],
  async universe() {
    const { bars } = await readBarsFile(file, { calendar: "fx" });
    const pair = instrument("EURUSD", { assetClass: "currency", calendar: "fx", pipSize: 1e-4, tickSize: 1e-5 });
    return alignUniverse("eurusd-1h", [{ instrument: pair, bars, timeframe: "1h" }]).universe;
  },
  references: () => Promise.resolve([]),
};
