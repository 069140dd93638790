package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.util.regex.Pattern;

/// `STOPSIGNAL signal`: how a container is asked to stop.
final class StopSignal implements Instruction {

    private static final Pattern SIGNAL = Pattern.compile("[0-9]{1,2}|(?:SIG)?[A-Z][A-Z0-9+-]*");

    @Override
    public String keyword() {
        return "STOPSIGNAL";
    }

    @Override
    public void apply(Line line, Build build) {
        String signal = build.expand(line, Texts.required(line));
        if (!SIGNAL.matcher(signal).matches()) {
            throw line.wrong("invalid signal: " + signal);
        }
        build.stage()
                .configure(
                        Texts.noted("STOPSIGNAL", signal), build.stage().run().stoppedBy(signal));
    }
}
