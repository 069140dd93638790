package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;

final class ExposeInvalidFormat implements Check {

    @Override
    public void step(Step step, Findings findings) {
        if (step.command() instanceof Command.Expose) {
            for (TracedWord word : step.words()) {
                for (String port : word.text().split("\\s+")) {
                    if (port.indexOf(':') >= 0) {
                        findings.add(
                                Rule.EXPOSE_INVALID_FORMAT,
                                step.line(),
                                "EXPOSE instruction should not define an IP address or host-port mapping, found '"
                                        + port + "'");
                    }
                }
            }
        }
    }
}
