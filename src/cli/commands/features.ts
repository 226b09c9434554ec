/** @file `ploutos features`: what a model sees: listed, checked and analysed. */
import { Command } from "commander";
import { featuresAnalyseCommand } from "./features-analyse.ts";
import { featuresCheckCommand } from "./features-check.ts";
import { featuresListCommand } from "./features-list.ts";

export function featuresCommand(): Command {
  return new Command("features")
    .description("Lists, checks and analyses features.")
    .addHelpText("after", "\nExample:\n  ploutos features check --feature-file my-feature.ts")
    .addCommand(featuresListCommand())
    .addCommand(featuresAnalyseCommand())
    .addCommand(featuresCheckCommand());
}
