package dev.longshore.runtime.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.runtime.OneShot.Step;
import dev.longshore.runtime.RuntimeFaultException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxOneShotTest {

    @TempDir
    static Path directory;

    private static LinuxNode node;
    private static LinuxRuntime runtime;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path upper;
    private Path work;

    @BeforeAll
    static void start() throws Exception {
        node = new LinuxNode(directory);
        runtime = node.runtime();
        runtime.start();
    }

    @AfterAll
    static void leaveNothing() throws Exception {
        if (runtime != null) {
            runtime.purge();
            Remains.none(node.cluster);
        }
    }

    @BeforeEach
    void makeLayer() throws IOException {
        upper = Files.createTempDirectory(directory, "upper");
        work = Files.createTempDirectory(directory, "work");
    }

    private int run(boolean hostNetwork, String user, String... command) throws InterruptedException {
        return runtime.oneShot()
                .run(
                        new Step(
                                List.of(node.layer),
                                upper,
                                work,
                                List.of(command),
                                Map.of("WHO", "builder"),
                                "/made/here",
                                user,
                                hostNetwork),
                        out,
                        err);
    }

    private List<String> changed() throws IOException {
        try (Stream<Path> files = Files.walk(upper)) {
            return files.map(file -> upper.relativize(file).toString())
                    .filter(name -> !name.isEmpty())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aStepChangesItsLayerAndNothingElse() throws Exception {
        int code = run(false, "", "sh", "-c", "echo $WHO; pwd; echo oops >&2; echo built > /result; exit 4");

        assertThat(code).isEqualTo(4);
        assertThat(out.toString(UTF_8)).isEqualTo("builder\n/made/here\n");
        assertThat(err.toString(UTF_8)).isEqualTo("oops\n");
        assertThat(changed()).containsExactly("made", "made/here", "result");
        assertThat(upper.resolve("result")).hasContent("built");
        assertThat(StateFile.names(directory.resolve("runtime/steps"))).isEmpty();
    }

    @Test
    void aStepRunsAsTheUserThatTheImageKnows() throws Exception {
        assertThat(run(true, "web", "sh", "-c", "id -u; id -g; cat /etc/resolv.conf"))
                .isZero();

        assertThat(out.toString(UTF_8))
                .startsWith("101\n102\n")
                .contains(Files.readString(Path.of("/etc/resolv.conf")));
    }

    @Test
    void aProgramThatIsNotThereCannotStart() {
        assertThatThrownBy(() -> run(false, "", "nosuchprogram"))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessageContaining("nosuchprogram");
    }

    @Test
    void anInterruptedStepLeavesNothing() throws Exception {
        Thread caller = Thread.ofVirtual()
                .start(() -> assertThatThrownBy(() -> run(false, "", "sh", "-c", "echo on; sleep 1000"))
                        .isInstanceOf(InterruptedException.class));
        await().until(() -> out.size() > 0);
        caller.interrupt();
        caller.join();

        assertThat(StateFile.names(directory.resolve("runtime/steps"))).isEmpty();
        await().untilAsserted(() -> assertThat(
                        Files.exists(Path.of("/sys/fs/cgroup/memory/longshore-" + node.cluster + "/builds"))
                                ? StateFile.names(
                                                Path.of("/sys/fs/cgroup/memory/longshore-" + node.cluster + "/builds"))
                                        .stream()
                                        .filter(name -> name.length() == 64)
                                        .toList()
                                : List.of())
                .isEmpty());
    }
}
