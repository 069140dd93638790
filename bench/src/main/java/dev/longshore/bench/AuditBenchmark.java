package dev.longshore.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What an audit log costs: two servers, one with and one without.
///
/// ```
/// ./longshore bench AuditBenchmark [LEVEL [TURNS]]
/// ```
public final class AuditBenchmark {

    private AuditBenchmark() {}

    /// Prints two lines for each kind of request.
    public static void main(String[] arguments) throws Exception {
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        String level = arguments.length > 0 ? arguments[0] : "Metadata";
        int turns = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        Path directory = Files.createTempDirectory("longshore-audit-bench");
        Path policy = Files.writeString(
                directory.resolve("policy.yaml"),
                "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: " + level + "}]\n");
        Path log = directory.resolve("log").resolve("audit.log");
        try (ServerProcess plain = ServerProcess.start(List.of());
                ServerProcess audited = ServerProcess.start(
                        List.of("--audit-policy-file", policy.toString(), "--audit-log-path", log.toString()))) {
            new SideBySide(List.of(
                            new SideBySide.Side("no audit log", plain),
                            new SideBySide.Side("an audit log at level " + level, audited)))
                    .run(turns);
        } finally {
            Scratch.delete(directory);
        }
    }
}
