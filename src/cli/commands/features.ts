/** @file `ploutos features`: what a model sees, checked. */
import { Command } from "commander";
import { featuresCheckCommand } from "./features-check.ts";

export function featuresCommand(): Command {
  return new Command("features")
    .description("Checks features.")
    .addHelpText("after", "\nExample:\n  ploutos features check --feature-file my-feature.ts")
    .addCommand(featuresCheckCommand());
}
