package dev.longshore.apiserver;

import dev.longshore.base.Json;
import tools.jackson.databind.node.ObjectNode;

/// What `/version` says.
///
/// @param gitVersion as `v1.36.0`, which clients compare with their own
/// @param buildDate as RFC 3339 spells it
public record VersionInfo(String gitVersion, String gitCommit, String buildDate, String javaVersion) {

    private String[] parts() {
        return gitVersion.replaceFirst("^v", "").split("[.+-]");
    }

    private String major() {
        return parts()[0];
    }

    private String minor() {
        return parts().length > 1 ? parts()[1] : "0";
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("major", major()).put("minor", minor());
        json.put("emulationMajor", major()).put("emulationMinor", minor());
        // The oldest version whose clients and data are understood: the one before.
        json.put("minCompatibilityMajor", major())
                .put("minCompatibilityMinor", Integer.toString(Math.max(0, Integer.parseInt(minor()) - 1)));
        json.put("gitVersion", gitVersion);
        json.put("gitCommit", gitCommit);
        json.put("gitTreeState", "clean");
        json.put("buildDate", buildDate);
        json.put("goVersion", "none");
        json.put("compiler", "javac " + javaVersion);
        return json.put("platform", platform());
    }

    /// For a metric.
    String labels() {
        return MetricsText.labels(
                "build_date",
                buildDate,
                "git_commit",
                gitCommit,
                "git_version",
                gitVersion,
                "major",
                major(),
                "minor",
                minor(),
                "platform",
                platform());
    }

    private static String platform() {
        return "linux/"
                + switch (System.getProperty("os.arch")) {
                    case "aarch64" -> "arm64";
                    default -> "amd64";
                };
    }
}
