package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;
import java.util.Locale;

final class ExposeProtoCasing implements Check {

    @Override
    public void step(Step step, Findings findings) {
        if (step.command() instanceof Command.Expose) {
            for (TracedWord word : step.words()) {
                for (String port : word.text().split("\\s+")) {
                    String protocol = port.substring(port.indexOf('/') + 1);
                    boolean isNamed = port.indexOf('/') >= 0;
                    if (isNamed && !protocol.equals(protocol.toLowerCase(Locale.ROOT))) {
                        findings.add(
                                Rule.EXPOSE_PROTO_CASING,
                                step.line(),
                                "Defined protocol '" + port + "' in EXPOSE instruction should be lowercase");
                    }
                }
            }
        }
    }
}
