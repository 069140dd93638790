package dev.longshore.builder.graph;

import dev.longshore.images.Platform;
import java.util.LinkedHashMap;
import java.util.Map;

/// For what is built, and on what.
///
/// @param build this machine
/// @param target what the result runs on
public record Platforms(Platform build, Platform target) {

    /// The arguments that every FROM may use and every stage may declare (Dockerfile reference, "Automatic
    /// platform ARGs in the global scope").
    public Map<String, String> arguments() {
        var arguments = new LinkedHashMap<String, String>();
        describe("BUILD", build, arguments);
        describe("TARGET", target, arguments);
        return arguments;
    }

    private static void describe(String prefix, Platform platform, Map<String, String> arguments) {
        arguments.put(prefix + "PLATFORM", platform.toString());
        arguments.put(prefix + "OS", platform.os());
        arguments.put(prefix + "OSVERSION", "");
        arguments.put(prefix + "ARCH", platform.architecture());
        arguments.put(prefix + "VARIANT", platform.variant().orElse(""));
    }
}
