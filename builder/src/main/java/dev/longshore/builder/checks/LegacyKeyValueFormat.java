package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;

final class LegacyKeyValueFormat implements Check {

    @Override
    public void step(Step step, Findings findings) {
        boolean isLegacy =
                switch (step.command()) {
                    case Command.Env env -> env.isLegacy();
                    case Command.Label label -> label.isLegacy();
                    default -> false;
                };
        if (isLegacy) {
            String name = step.line().spelling();
            findings.add(
                    Rule.LEGACY_KEY_VALUE_FORMAT,
                    step.line(),
                    "\"" + name + " key=value\" should be used instead of legacy \"" + name + " key value\" format");
        }
    }
}
