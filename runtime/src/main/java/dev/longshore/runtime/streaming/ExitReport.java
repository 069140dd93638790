package dev.longshore.runtime.streaming;

import dev.longshore.base.Json;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Streams;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/// How a remote command ended, as the error stream tells it.
sealed interface ExitReport {

    /// It ran to its end.
    record Exited(int code) implements ExitReport {}

    /// It could not be run, or not to its end.
    record Failed(String message) implements ExitReport {}

    /// Runs `session`, and says in any case how it went.
    static ExitReport of(RemoteSession session, Streams.Stdio stdio, Streams.Resizes resizes)
            throws InterruptedException {
        try {
            return new Exited(session.run(stdio, resizes));
        } catch (RuntimeFaultException failure) {
            return of(failure);
        }
    }

    /// What `failure` means.
    static ExitReport of(RuntimeFaultException failure) {
        return new Failed(String.valueOf(failure.getMessage()));
    }

    /// A Status, as protocol versions 4 and 5 have it.
    default byte[] status() {
        ObjectNode status = Json.object();
        status.putObject("metadata");
        switch (this) {
            case Exited(int code) when code == 0 -> status.put("status", "Success");
            case Exited(int code) -> {
                status.put("status", "Failure");
                status.put("message", "command terminated with non-zero exit code: exit status " + code);
                status.put("reason", "NonZeroExitCode");
                status.putObject("details")
                        .putArray("causes")
                        .addObject()
                        .put("reason", "ExitCode")
                        .put("message", String.valueOf(code));
            }
            case Failed(String message) ->
                status.put("status", "Failure")
                        .put("message", "Internal error occurred: " + message)
                        .put("reason", "InternalError")
                        .put("code", 500);
        }
        return Json.bytes(status);
    }

    /// Plain words, as older versions have it; none when all went well.
    default byte[] words() {
        String text =
                switch (this) {
                    case Exited(int code) when code == 0 -> "";
                    case Exited(int code) -> "command terminated with non-zero exit code: exit status " + code;
                    case Failed(String message) -> message;
                };
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
