package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Debian's `etcdctl`, with the keys that the server made for it.
record Etcdctl(String endpoint, Path keys) {

    private static final Path PROGRAM = Path.of("/usr/bin/etcdctl");
    private static final long LIMIT = 30;

    /// What it said, on either stream.
    record Said(int code, String text) {}

    static void require() {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(PROGRAM).as("etcdctl is installed").isExecutable();
        }
        assumeThat(Files.isExecutable(PROGRAM)).as("etcdctl is installed").isTrue();
    }

    /// What it prints; it must succeed.
    String run(String... arguments) throws IOException, InterruptedException {
        return runWith("", arguments);
    }

    String runWith(String input, String... arguments) throws IOException, InterruptedException {
        Said said = said(begin(true, arguments), input);
        assertThat(said.code).as(said.text).isZero();
        return said.text;
    }

    /// Without a certificate of its own.
    Said strange(String... arguments) throws IOException, InterruptedException {
        return said(begin(false, arguments), "");
    }

    /// Runs until it is destroyed.
    Process begin(boolean showsCertificate, String... arguments) throws IOException {
        var command = new ArrayList<>(
                List.of(PROGRAM.toString(), "--endpoints=" + endpoint, "--cacert=" + keys.resolve("ca.crt")));
        if (showsCertificate) {
            command.add("--cert=" + keys.resolve("client.crt"));
            command.add("--key=" + keys.resolve("client.key"));
        }
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ETCDCTL_API", "3");
        return builder.start();
    }

    private static Said said(Process process, String input) throws IOException, InterruptedException {
        try {
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(LIMIT, TimeUnit.SECONDS)).isTrue();
            return new Said(process.exitValue(), text);
        } finally {
            process.destroyForcibly();
        }
    }
}
