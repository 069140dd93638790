package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.dockerfile.GoText;

/// Only the first WORKDIR: with it, the others are well.
final class WorkdirRelativePath implements Check {

    @Override
    public void step(Step step, Findings findings) {
        if (step.command() instanceof Command.WorkDir && !step.before().hasDirectory()) {
            String path = step.words().getFirst().text();
            if (!path.startsWith("/")) {
                findings.add(
                        Rule.WORKDIR_RELATIVE_PATH,
                        step.line(),
                        "Relative workdir " + GoText.quoted(path)
                                + " can have unexpected results if the base image changes");
            }
        }
    }
}
