package dev.longshore.builder.instructions;

import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// `STOPSIGNAL signal`: how a container is asked to stop; a number, or a name with or without SIG.
final class StopSignal implements Instruction {

    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,9}");
    private static final Pattern REAL_TIME =
            Pattern.compile("RTMIN(?:\\+(?:[1-9]|1[0-5]))?|RTMAX(?:-(?:[1-9]|1[0-4]))?");
    private static final Set<String> NAMES = Set.of(
            "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE",
            "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU",
            "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ");

    @Override
    public String keyword() {
        return "STOPSIGNAL";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        String signal = build.expand(line, Commands.only(line));
        if (!isSignal(signal)) {
            throw line.wrong("invalid signal: " + signal);
        }
        build.stage()
                .configure(
                        Texts.noted("STOPSIGNAL", signal), build.stage().run().stoppedBy(signal));
    }

    private static boolean isSignal(String text) {
        if (NUMBER.matcher(text).matches()) {
            return Integer.parseInt(text) != 0;
        }
        String name = text.toUpperCase(Locale.ROOT).replaceFirst("^SIG", "");
        return NAMES.contains(name) || REAL_TIME.matcher(name).matches();
    }
}
