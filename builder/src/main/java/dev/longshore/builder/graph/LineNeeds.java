package dev.longshore.builder.graph;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.RunFlags;
import java.util.List;

/// The other stages and images that a line names.
final class LineNeeds {

    private LineNeeds() {}

    /// What `line` takes files from besides the context, as it is written.
    ///
    /// @throws dev.longshore.builder.dockerfile.DockerfileException when it is not plain text
    static List<String> of(Line line) {
        return switch (line.keyword()) {
            case "COPY" ->
                line.flag("from").stream()
                        .filter(from -> !from.isEmpty())
                        .map(from -> plain(line, from))
                        .toList();
            case "RUN" -> RunFlags.origins(line);
            default -> List.of();
        };
    }

    private static String plain(Line line, String from) {
        if (from.indexOf('$') >= 0) {
            throw line.wrong("variable expansion is not supported for --from, define a new stage with FROM using ARG"
                    + " from global scope as a workaround");
        }
        return from;
    }
}
