package dev.longshore.server.config;

import dev.longshore.model.NameRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// OCI runtimes that a RuntimeClass can name as its `handler`, beside `crun` and `runc` where they are found.
///
/// @param programs by handler
public record RuntimeHandlers(Map<String, Path> programs) {

    /// None of one's own.
    public static final RuntimeHandlers NONE = new RuntimeHandlers(Map.of());

    private static final String FLAG = "--runtime-handlers: ";

    public RuntimeHandlers {
        programs = Map.copyOf(programs);
    }

    /// From `NAME=PATH,…`; an empty text for none.
    ///
    /// @throws IllegalArgumentException naming the flag and what is wrong with it
    public static RuntimeHandlers parse(String text) {
        var programs = new LinkedHashMap<String, Path>();
        Stream.of(text.split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .forEach(part -> {
                    int split = part.indexOf('=');
                    if (split < 0) {
                        throw new IllegalArgumentException(FLAG + "\"%s\": write NAME=PATH".formatted(part));
                    }
                    String name = part.substring(0, split);
                    List<String> wrong = NameRule.DNS_LABEL.check(name);
                    if (!wrong.isEmpty()) {
                        throw new IllegalArgumentException(FLAG + "\"%s\": %s".formatted(name, wrong.getFirst()));
                    }
                    Path program = Path.of(part.substring(split + 1));
                    if (!program.isAbsolute() || !Files.isRegularFile(program) || !Files.isExecutable(program)) {
                        throw new IllegalArgumentException(
                                FLAG + "\"%s\" is not the absolute path of a program".formatted(program));
                    }
                    if (programs.put(name, program) != null) {
                        throw new IllegalArgumentException(FLAG + "\"%s\" is there twice".formatted(name));
                    }
                });
        return new RuntimeHandlers(programs);
    }
}
