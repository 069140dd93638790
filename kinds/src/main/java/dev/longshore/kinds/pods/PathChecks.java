package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;

/// What paths in volumes must be like: nothing may lead out of where it is put.
public final class PathChecks {

    private PathChecks() {}

    /// No step is `..`.
    public static void noBacksteps(Checks checks, String at, String path) {
        if (hasBackstep(path)) {
            checks.invalid(at, path, "must not contain '..'");
        }
    }

    /// Relative, and no step is `..`.
    static void descending(Checks checks, String at, String path) {
        if (path.startsWith("/")) {
            checks.invalid(at, path, "must be a relative path");
        }
        noBacksteps(checks, at, path);
    }

    /// As [#descending], and does not begin with `..`, where the kubelet keeps things of its own.
    static void unreserved(Checks checks, String at, String path) {
        descending(checks, at, path);
        if (path.startsWith("..") && !path.startsWith("../")) {
            checks.invalid(at, path, "must not start with '..'");
        }
    }

    static boolean hasBackstep(String path) {
        return path.equals("..") || path.startsWith("../") || path.endsWith("/..") || path.contains("/../");
    }
}
