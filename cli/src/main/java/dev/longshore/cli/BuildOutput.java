package dev.longshore.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// An `--output` of a build: what the engine makes, and where this command puts it.
///
/// @param attributes for the engine
/// @param target what becomes of the bytes that the engine sends
record BuildOutput(String type, Map<String, String> attributes, Target target) {

    private static final String OPTION = "--output";

    BuildOutput {
        attributes = Map.copyOf(attributes);
    }

    /// Where bytes go.
    sealed interface Target {
        /// There are none.
        record Nowhere() implements Target {}

        /// To standard output.
        record Stdout() implements Target {}

        /// To a file, which appears whole or not at all.
        record ToFile(Path path) implements Target {}

        /// Unpacked into a directory.
        record Unpacked(Path directory) implements Target {}
    }

    /// Reads `type=…,dest=…`, or the short forms: a directory's path, and `-` for an archive on standard output.
    ///
    /// @throws CommandFailure with one line that says what to write instead
    static BuildOutput parse(String text) {
        if (text.equals("-")) {
            return new BuildOutput("tar", Map.of(), new Target.Stdout());
        }
        if (!text.contains("=") && !text.contains(",")) {
            return new BuildOutput("local", Map.of(), new Target.Unpacked(Path.of(text)));
        }
        var fields = new LinkedHashMap<>(CsvFields.read(OPTION, text));
        String type = fields.remove("type");
        if (type == null || type.isEmpty()) {
            throw new CommandFailure(OPTION + " " + text + ": say what comes out, as in type=local,dest=DIR");
        }
        String destination = fields.remove("dest");
        boolean isUnpacked = "false".equals(fields.remove("tar"));
        Target target =
                switch (type) {
                    case "local" -> new Target.Unpacked(Path.of(needed(type, destination)));
                    case "tar" -> archive(destination);
                    case "oci", "docker" -> image(type, destination, isUnpacked);
                    default -> {
                        if (destination != null) {
                            throw new CommandFailure(OPTION + " " + text + ": type=" + type + " has no dest");
                        }
                        yield new Target.Nowhere();
                    }
                };
        // Without a file `docker` means the engine's own store, as with buildx.
        boolean isLoad = type.equals("docker") && target instanceof Target.Nowhere;
        return new BuildOutput(isLoad ? "image" : type, new TreeMap<>(fields), target);
    }

    private static Target image(String type, String destination, boolean isUnpacked) {
        if (isUnpacked) {
            return new Target.Unpacked(Path.of(needed(type, destination)));
        }
        return type.equals("docker") && destination == null ? new Target.Nowhere() : archive(destination);
    }

    private static Target archive(String destination) {
        return destination == null || destination.equals("-")
                ? new Target.Stdout()
                : new Target.ToFile(Path.of(destination));
    }

    private static String needed(String type, String destination) {
        if (destination == null || destination.isEmpty()) {
            throw new CommandFailure(OPTION + " type=" + type + ": name the directory, as in dest=DIR");
        }
        return destination;
    }
}
