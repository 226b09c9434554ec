/** @file `ploutos features check`: a user's own feature held to the laws of every indicator. */
import type { Command } from "commander";
import { checkUserFeature } from "#features/user-feature.ts";
import { barsBySymbol, loadFeature, readFeatureFile } from "#training/feature-files.ts";
import type { CommonOptions } from "../command.ts";
import { action, command } from "../command.ts";
import { projectMarket } from "../project.ts";

interface CheckOptions extends CommonOptions {
  readonly featureFile: string;
  readonly market?: string;
}

export function featuresCheckCommand(): Command {
  return command(
    "check",
    "Checks a feature of your own: whether it looks ahead, depends on hidden state, or says nothing where it should.",
    "ploutos features check --feature-file my-feature.ts --market my-stocks",
  )
    .requiredOption("--feature-file <file>", "TypeScript or JavaScript that exports create() or column(bars)")
    .option("--market <name>", "an imported market, to check it on these bars as well")
    .action(
      action<CheckOptions>(async ({ options, terminal }) => {
        const feature = await loadFeature(await readFeatureFile(options.featureFile));
        const universe =
          options.market === undefined ? undefined : (await projectMarket(options.market, options)).universe;
        const checkedOn = checkUserFeature(feature, universe === undefined ? {} : barsBySymbol(universe));
        const { name, outputs, warmUpBars, create } = feature;
        const form = create === undefined ? "column" : "create";
        const text = [
          `${name}: accepted. It does not look ahead, and says the same of the same bars.`,
          `Outputs: ${outputs.join(", ")}; silent for ${warmUpBars - 1} bars; tried on ${checkedOn.join(", ")}.`,
          ...(create === undefined
            ? ["It can be analysed. To trade, a feature needs the form create(), bar by bar."]
            : []),
        ].join("\n");
        terminal.result({ accepted: true, name, form, outputs, warmUpBars, checkedOn }, text);
      }),
    );
}
