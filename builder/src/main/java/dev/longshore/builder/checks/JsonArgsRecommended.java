package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;
import java.util.Optional;

/// Whoever chose a shell, here or in the base image, meant it.
final class JsonArgsRecommended implements Check {

    @Override
    public void step(Step step, Findings findings) {
        Optional<Command.Invocation> invocation =
                switch (step.command()) {
                    case Command.Cmd cmd -> Optional.of(cmd.invocation());
                    case Command.Entrypoint entrypoint -> Optional.of(entrypoint.invocation());
                    default -> Optional.empty();
                };
        if (invocation.filter(Command.Invocation::isShellForm).isPresent()
                && step.before().shell().isEmpty()) {
            findings.add(
                    Rule.JSON_ARGS_RECOMMENDED,
                    step.line(),
                    "JSON arguments recommended for " + step.line().spelling()
                            + " to prevent unintended behavior related to OS signals");
        }
    }
}
