/** @file `ploutos features`: what a model sees, checked and analysed. */
import { Command } from "commander";
import { featuresAnalyseCommand } from "./features-analyse.ts";
import { featuresCheckCommand } from "./features-check.ts";

export function featuresCommand(): Command {
  return new Command("features")
    .description("Checks and analyses features.")
    .addHelpText("after", "\nExample:\n  ploutos features check --feature-file my-feature.ts")
    .addCommand(featuresAnalyseCommand())
    .addCommand(featuresCheckCommand());
}
