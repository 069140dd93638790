package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.DockerfileParser;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Words;
import dev.longshore.images.RunConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// The `changes` of commit and import: Dockerfile instructions that only say how an image is run.
final class ConfigChanges {

    private static final Set<String> KNOWN = Set.of(
            "CMD",
            "ENTRYPOINT",
            "ENV",
            "EXPOSE",
            "HEALTHCHECK",
            "LABEL",
            "ONBUILD",
            "STOPSIGNAL",
            "USER",
            "VOLUME",
            "WORKDIR");
    private static final Pattern PORT = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/(tcp|udp|sctp))?");

    private ConfigChanges() {}

    /// `run` with each of `changes`.
    ///
    /// @throws Json.MalformedException when one is wrong, or no such instruction
    static RunConfig apply(RunConfig run, List<String> changes) {
        if (changes.isEmpty()) {
            return run;
        }
        RunConfig changed = run;
        try {
            for (Line line : DockerfileParser.parse("changes", String.join("\n", changes), KNOWN)) {
                changed = apply(changed, line);
            }
            return changed;
        } catch (DockerfileException wrong) {
            throw new Json.MalformedException(wrong.getMessage(), wrong);
        }
    }

    private static RunConfig apply(RunConfig run, Line line) {
        return switch (line.keyword()) {
            case "CMD" -> run.starting(run.entrypoint(), command(run, line));
            case "ENTRYPOINT" -> run.starting(command(run, line), run.command());
            case "ENV" -> run.withEnv(pairs(run, line));
            case "EXPOSE" -> run.exposing(ports(run, line));
            case "HEALTHCHECK" -> run.checkedBy(check(line));
            case "LABEL" -> run.labelled(pairs(run, line));
            case "ONBUILD" -> {
                var triggers = new ArrayList<>(run.onBuild());
                triggers.add(line.rest());
                yield run.withOnBuild(triggers);
            }
            case "STOPSIGNAL" -> run.stoppedBy(one(run, line));
            case "USER" -> run.withUser(one(run, line));
            case "VOLUME" -> run.withVolumes(new TreeSet<>(line.json().orElseGet(() -> all(run, line))));
            case "WORKDIR" -> run.in(directory(run.workingDirectory(), one(run, line)));
            default -> throw line.wrong(line.keyword() + " is not a valid change command");
        };
    }

    private static List<String> command(RunConfig run, Line line) {
        return line.json().orElseGet(() -> {
            var command = new ArrayList<>(run.shell().isEmpty() ? List.of("/bin/sh", "-c") : run.shell());
            command.add(line.rest());
            return command;
        });
    }

    private static Map<String, String> pairs(RunConfig run, Line line) {
        var pairs = new LinkedHashMap<String, String>();
        List<String> words = line.words();
        if (words.size() > 1 && words.getFirst().indexOf('=') < 0) {
            String rest = line.rest().substring(words.getFirst().length()).strip();
            return Map.of(expanded(run, line, words.getFirst()), expanded(run, line, rest));
        }
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw line.wrong("Syntax error - can't find = in \"" + word + "\". Must be of the form: name=value");
            }
            pairs.put(expanded(run, line, word.substring(0, equals)), expanded(run, line, word.substring(equals + 1)));
        }
        if (pairs.isEmpty()) {
            throw line.wrong(line.keyword() + " must have two arguments");
        }
        return pairs;
    }

    private static Set<String> ports(RunConfig run, Line line) {
        var ports = new TreeSet<String>();
        for (String word : all(run, line)) {
            Matcher port = PORT.matcher(word.toLowerCase(Locale.ROOT));
            if (!port.matches()) {
                throw line.wrong("invalid containerPort: " + word);
            }
            int first = Integer.parseInt(port.group(1));
            int last = port.group(2) == null ? first : Integer.parseInt(port.group(2));
            if (last > 65_535 || last < first) {
                throw line.wrong("invalid containerPort: " + word);
            }
            for (int number = first; number <= last; number++) {
                ports.add(number + "/" + (port.group(3) == null ? "tcp" : port.group(3)));
            }
        }
        return ports;
    }

    private static ObjectNode check(Line line) {
        ObjectNode check = Json.object();
        var test = check.putArray("Test");
        List<String> words = line.words();
        if (words.size() == 1 && words.getFirst().equalsIgnoreCase("NONE")) {
            test.add("NONE");
            return check;
        }
        if (words.size() < 2 || !words.getFirst().equalsIgnoreCase("CMD")) {
            throw line.wrong("HEALTHCHECK requires CMD and a command, or NONE");
        }
        Line command = line.withRest(line.rest().substring("CMD".length()).strip());
        if (command.json().isPresent()) {
            test.add("CMD");
            command.json().get().forEach(test::add);
        } else {
            test.add("CMD-SHELL").add(command.rest());
        }
        line.flag("interval").ifPresent(text -> check.put("Interval", nanos(line, text)));
        line.flag("timeout").ifPresent(text -> check.put("Timeout", nanos(line, text)));
        line.flag("start-period").ifPresent(text -> check.put("StartPeriod", nanos(line, text)));
        line.flag("retries").ifPresent(text -> check.put("Retries", Integer.parseInt(text)));
        return check;
    }

    private static long nanos(Line line, String text) {
        try {
            return Duration.parse("PT" + text.toUpperCase(Locale.ROOT)).toNanos();
        } catch (java.time.format.DateTimeParseException wrong) {
            throw line.wrong("time: invalid duration \"" + text + "\"");
        }
    }

    private static List<String> all(RunConfig run, Line line) {
        List<String> words = Words.expandToWords(line.rest(), line.escape(), run.env());
        if (words.isEmpty()) {
            throw line.wrong(line.keyword() + " requires at least one argument");
        }
        return words;
    }

    private static String one(RunConfig run, Line line) {
        if (line.rest().isEmpty()) {
            throw line.wrong(line.keyword() + " requires exactly one argument");
        }
        return expanded(run, line, line.rest());
    }

    private static String expanded(RunConfig run, Line line, String word) {
        return Words.expand(word, line.escape(), run.env());
    }

    private static String directory(String from, String to) {
        if (to.startsWith("/")) {
            return to;
        }
        return (from.endsWith("/") ? from : from + "/") + to;
    }
}
