package dev.longshore.apiserver;

import dev.longshore.base.Json;
import tools.jackson.databind.node.ObjectNode;

/// What `/version` says.
///
/// @param gitVersion as `v1.36.0`, which clients compare with their own
/// @param buildDate as RFC 3339 spells it
public record VersionInfo(String gitVersion, String gitCommit, String buildDate, String javaVersion) {

    ObjectNode json() {
        String[] parts = gitVersion.replaceFirst("^v", "").split("[.+-]");
        ObjectNode json = Json.object();
        json.put("major", parts[0]);
        json.put("minor", parts.length > 1 ? parts[1] : "0");
        json.put("gitVersion", gitVersion);
        json.put("gitCommit", gitCommit);
        json.put("gitTreeState", "clean");
        json.put("buildDate", buildDate);
        json.put("goVersion", "none");
        json.put("compiler", "javac " + javaVersion);
        return json.put("platform", "linux/" + architecture());
    }

    private static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "aarch64" -> "arm64";
            default -> "amd64";
        };
    }
}
