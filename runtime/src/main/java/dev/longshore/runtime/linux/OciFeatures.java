package dev.longshore.runtime.linux;

import dev.longshore.base.Json;
import dev.longshore.linux.Commands;
import dev.longshore.linux.IdMappedMounts;
import dev.longshore.runtime.HandlerFeatures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// Asks OCI runtimes what they can do (`features`, runtime-spec 1.1); crun before 1.8.6 has no word for that and is
/// known by its version. Each is asked once. Thread-safe.
final class OciFeatures {

    private static final Path USER_NAMESPACE = Path.of("/proc/self/ns/user");
    private static final String RECURSIVE_READ_ONLY = "rro";
    private static final Pattern VERSION = Pattern.compile("crun version (\\d+)\\.(\\d+)");

    private final Commands commands;
    private final Map<Path, HandlerFeatures> known = new ConcurrentHashMap<>();

    OciFeatures(Commands commands) {
        this.commands = commands;
    }

    /// Nothing, and asked again, when the thread is interrupted meanwhile.
    HandlerFeatures of(Path program) {
        HandlerFeatures asked = known.get(program);
        if (asked != null) {
            return asked;
        }
        try {
            boolean canAct = IdMappedMounts.isKnown();
            // Users of a pod's own are our doing: they need the kernel, and nothing of the program.
            var features = new HandlerFeatures(
                    canAct && mountsRecursively(program.toString()), canAct && Files.exists(USER_NAMESPACE));
            known.put(program, features);
            return features;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return HandlerFeatures.NONE;
        }
    }

    private boolean mountsRecursively(String program) throws InterruptedException {
        Commands.Result told = commands.run(Commands.Command.of(program, "features"));
        if (told.exitCode() == 0) {
            return names(told.out());
        }
        Matcher version = VERSION.matcher(
                commands.run(Commands.Command.of(program, "--version")).out());
        return version.find() && isLateEnough(Integer.parseInt(version.group(1)), Integer.parseInt(version.group(2)));
    }

    private static boolean names(String features) {
        try {
            return StreamSupport.stream(
                            Json.parse(features).path("mountOptions").spliterator(), false)
                    .map(JsonNode::asString)
                    .anyMatch(RECURSIVE_READ_ONLY::equals);
        } catch (Json.MalformedException unreadable) {
            return false;
        }
    }

    /// The oldest with which it was tried.
    private static boolean isLateEnough(int major, int minor) {
        return major > 1 || major == 1 && minor >= 8;
    }
}
