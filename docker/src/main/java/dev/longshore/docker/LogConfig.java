package dev.longshore.docker;

import dev.longshore.runtime.ContainerOptions;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// How a container's output is kept: the drivers `json-file`, `local` and `none`. All that is kept is kept in one
/// form, which `docker logs` reads.
record LogConfig(JsonNode tree) {

    private static final Map<String, Set<String>> OPTIONS = Map.of(
            "json-file",
            Set.of("max-size", "max-file", "compress", "labels", "labels-regex", "env", "env-regex", "tag"),
            "local",
            Set.of("max-size", "max-file", "compress"));
    /// What applies to any driver: how the engine itself hands output on.
    private static final Set<String> COMMON = Set.of("mode", "max-buffer-size");
    private static final Pattern SIZE =
            Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?([kmgtp]?)i?b?", Pattern.CASE_INSENSITIVE);
    private static final long LOCALS_SIZE = 20L << 20;
    private static final int LOCALS_FILES = 5;

    String driver() {
        String type = tree.path("Type").asString("");
        return type.isEmpty() ? "json-file" : type;
    }

    private Map<String, String> options() {
        return JsonFields.map(tree.path("Config"));
    }

    boolean isReadable() {
        return !driver().equals("none");
    }

    /// Refuses drivers that are not here, and options that they do not have.
    void check() {
        if (driver().equals("none")) {
            return;
        }
        Set<String> known = OPTIONS.get(driver());
        if (known == null) {
            throw EngineException.invalid("logger: no log driver named '" + driver() + "' is registered");
        }
        for (String option : options().keySet()) {
            if (!known.contains(option) && !COMMON.contains(option)) {
                throw EngineException.invalid("unknown log opt '" + option + "' for " + driver() + " log driver");
            }
        }
        if (options().containsKey("max-file")
                && !options().containsKey("max-size")
                && driver().equals("json-file")
                && files() > 1) {
            throw EngineException.invalid("max-file cannot be used without max-size");
        }
        kept();
    }

    /// The same for the runtime. A log without a limit grows for ever, as Docker's do.
    ContainerOptions.Log kept() {
        if (driver().equals("none")) {
            return ContainerOptions.Log.NONE;
        }
        boolean isLocal = driver().equals("local");
        long size = options().containsKey("max-size") ? size(options().get("max-size")) : isLocal ? LOCALS_SIZE : -1;
        return new ContainerOptions.Log(size, files());
    }

    private int files() {
        String text = options().getOrDefault("max-file", "");
        if (text.isEmpty()) {
            return driver().equals("local") ? LOCALS_FILES : 1;
        }
        if (!text.matches("[0-9]{1,6}") || Integer.parseInt(text) < 1) {
            throw EngineException.invalid("max-file cannot be less than 1");
        }
        return Integer.parseInt(text);
    }

    private static long size(String text) {
        if (text.equals("-1")) {
            return -1;
        }
        Matcher size = SIZE.matcher(text.strip());
        if (!size.matches()) {
            throw EngineException.invalid("invalid size: '" + text + "'");
        }
        int power = "kmgtp".indexOf(size.group(2).toLowerCase(java.util.Locale.ROOT)) + 1;
        long bytes = (long) (Double.parseDouble(size.group(1))
                * Math.pow(1024, size.group(2).isEmpty() ? 0 : power));
        if (bytes <= 0) {
            throw EngineException.invalid("max-size must be a positive number");
        }
        return bytes;
    }
}
