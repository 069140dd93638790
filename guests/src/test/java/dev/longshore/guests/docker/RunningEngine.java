package dev.longshore.guests.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// A Longshore started by its launcher, as a user would: one for all tests that ask for its [Engine].
final class RunningEngine implements BeforeAllCallback, ParameterResolver {

    private static final Path ROOT =
            Path.of(System.getProperty("longshore.root", "..")).toAbsolutePath().normalize();

    @Override
    public void beforeAll(ExtensionContext context) {
        boolean isRoot = Files.isWritable(Path.of("/proc/1/oom_score_adj"));
        assertThat(isRoot || !"true".equals(System.getenv("CI"))).isTrue();
        assumeTrue(isRoot, "needs root");
        engine(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Engine.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return engine(context);
    }

    private static Engine engine(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.GLOBAL)
                .computeIfAbsent(Engine.class, key -> Engine.started(), Engine.class);
    }

    /// Where its engine and its registry are. The host is not looked at for what is left on it while `lock` is held.
    record Engine(Path directory, String name, FileChannel lock) implements AutoCloseable {

        private static Engine started() {
            try {
                Path target = Files.createDirectories(ROOT.resolve("target"));
                var lock = FileChannel.open(
                        target.resolve("host.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                await("the others' clusters to end")
                        .atMost(Duration.ofMinutes(10))
                        .pollInterval(Duration.ofSeconds(3))
                        .until(() -> lock.tryLock() != null);
                String name = "g" + ThreadLocalRandom.current().nextInt(10_000, 99_999);
                var engine = new Engine(Files.createTempDirectory("longshore-" + name), name, lock);
                try {
                    engine.launcher("up", "--detach");
                    return engine;
                } catch (RuntimeException failed) {
                    engine.close();
                    throw failed;
                }
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        }

        /// As DOCKER_HOST has it.
        String host() {
            return "unix://" + directory.resolve("docker.sock");
        }

        /// The registry, as `127.0.0.1:PORT`.
        String registry() {
            try {
                var port = Pattern.compile("\"registryPort\"\\s*:\\s*(\\d+)")
                        .matcher(Files.readString(directory.resolve("cluster.json")));
                assertThat(port.find()).isTrue();
                return "127.0.0.1:" + port.group(1);
            } catch (IOException missing) {
                throw new IllegalStateException(missing);
            }
        }

        private void launcher(String... words) {
            var line = new ArrayList<>(List.of("./longshore", words[0], "--data-dir", directory.toString()));
            line.addAll(List.of("--name", name));
            line.addAll(List.of(words).subList(1, words.length));
            try {
                Path log = directory.resolve("guest.log");
                int exit = new ProcessBuilder(line)
                        .directory(ROOT.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start()
                        .waitFor();
                if (exit != 0) {
                    throw new IllegalStateException(line + " ended with " + exit + ": " + Files.readString(log));
                }
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(interrupted);
            }
        }

        @Override
        public void close() {
            launcher("down", "--purge");
            try (var files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
                lock.close();
            } catch (IOException gone) {
                throw new IllegalStateException(gone);
            }
        }
    }
}
