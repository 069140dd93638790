package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `EXPOSE port[/protocol] …`: on which ports a container listens.
final class Expose implements Instruction {

    private static final Pattern PORT = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/(tcp|udp|sctp))?");
    private static final int LARGEST_PORT = 65535;

    @Override
    public String keyword() {
        return "EXPOSE";
    }

    @Override
    public void apply(Line line, Build build) {
        Texts.required(line);
        var ports = new TreeSet<String>();
        for (String word : build.expandAll(line)) {
            Matcher port = PORT.matcher(word.toLowerCase(java.util.Locale.ROOT));
            if (!port.matches()) {
                throw line.wrong("invalid containerPort: " + word);
            }
            int first = Integer.parseInt(port.group(1));
            int last = port.group(2) == null ? first : Integer.parseInt(port.group(2));
            if (last > LARGEST_PORT || last < first) {
                throw line.wrong("invalid containerPort: " + word);
            }
            for (int number = first; number <= last; number++) {
                ports.add(number + "/" + (port.group(3) == null ? "tcp" : port.group(3)));
            }
        }
        build.stage()
                .configure(
                        Texts.noted("EXPOSE", String.join(" ", ports)),
                        build.stage().run().exposing(ports));
    }
}
