package dev.longshore.docker;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Why a container's process could not be started, in Docker's words, by which its clients tell the cases apart.
///
/// @param exitCode 127 where there is no such program, 126 where it may not be run, else 128
record LaunchFailure(String message, int exitCode) {

    private static final int NO_PROGRAM = 127;
    private static final int NOT_ALLOWED = 126;
    private static final int OTHER = 128;
    private static final Pattern NAMED = Pattern.compile("[`'\"]([^`'\"]+)[`'\"]");

    /// What the OCI runtime complained of when it was to run `program`.
    static LaunchFailure of(String complaint, String program) {
        String plain = complaint.toLowerCase(java.util.Locale.ROOT);
        if (plain.contains("not found in $path") || plain.contains("executable file")) {
            String named = named(complaint, program);
            return named.contains("/")
                    ? new LaunchFailure(
                            "exec: \"" + named + "\": stat " + named + ": no such file or directory: unknown",
                            NO_PROGRAM)
                    : new LaunchFailure(
                            "exec: \"" + named + "\": executable file not found in $PATH: unknown", NO_PROGRAM);
        }
        if (plain.contains("no such file or directory")) {
            String what = plain.contains("open executable") || plain.contains("exec")
                    ? "exec: \"" + program + "\": stat " + program + ": no such file or directory: unknown"
                    : complaint + ": unknown";
            return new LaunchFailure(what, NO_PROGRAM);
        }
        if (plain.contains("permission denied") || plain.contains("open executable: operation not permitted")) {
            return new LaunchFailure("exec: \"" + program + "\": permission denied: unknown", NOT_ALLOWED);
        }
        if (plain.contains("is a directory")) {
            return new LaunchFailure("exec: \"" + program + "\": is a directory: unknown", NOT_ALLOWED);
        }
        return new LaunchFailure(complaint + ": unknown", OTHER);
    }

    private static String named(String complaint, String program) {
        Matcher quoted = NAMED.matcher(complaint);
        return quoted.find() ? quoted.group(1) : program;
    }

    /// When a container is started.
    String ofTask() {
        return "failed to create task for container: failed to create shim task: OCI runtime create failed: "
                + "crun create failed: unable to start container process: error during container init: " + message;
    }

    /// When a further process is.
    String ofExec() {
        return "OCI runtime exec failed: exec failed: unable to start container process: " + message;
    }

    /// Whether the fault is the client's.
    boolean isWrongRequest() {
        return exitCode != OTHER;
    }
}
