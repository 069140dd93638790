package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Time;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.images.BaseImages;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The example that users begin with: built as they build it, run in a network and with processes of its own.
class HelloExampleTest {

    private static final Path EXAMPLE = Path.of(System.getProperty("longshore.root", ".."), "examples", "hello");

    /// Starts the server, asks it, makes it unhealthy, then stops it in the middle of a request.
    private static final String SCRIPT = """
            ip link set lo up
            mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
            mount -t proc proc "$2/root/proc"
            mount --bind /dev "$2/root/dev"
            VERSION=1 chroot "$2/root" /usr/local/bin/serve &
            server=$!
            tries=0
            until busybox wget -q -O- http://127.0.0.1:8080/ || [ $((tries += 1)) -gt 200 ]; do sleep 0.05; done
            busybox wget -q -O- http://127.0.0.1:8080/healthz && echo healthy
            rm "$2/root/tmp/healthy"
            busybox wget -q -O- http://127.0.0.1:8080/healthz 2>/dev/null || echo unhealthy
            busybox wget -q -O- 'http://127.0.0.1:8080/cgi-bin/slow?1' &
            request=$!
            sleep 0.3
            kill "$server"
            wait "$request"
            echo "request $?"
            wait "$server"
            echo "server $?"
            """;

    private Path root;

    @BeforeEach
    void needsRootAndBusybox() throws Exception {
        boolean canRun = "root".equals(System.getProperty("user.name")) && Files.exists(Path.of("/usr/bin/busybox"));
        assertThat(canRun || !"true".equals(System.getenv("CI"))).isTrue();
        assumeTrue(canRun, "needs root and busybox");
        root = Files.createTempDirectory("hello-test");
    }

    @AfterEach
    void leaveNothing() throws Exception {
        if (root != null) {
            assertThat(new ProcessBuilder("rm", "-rf", root.toString()).start().waitFor())
                    .isZero();
        }
    }

    @Test
    void answersTellsItsHealthAndFinishesWhatItHasBegun() throws Exception {
        LocalImages images = LocalImages.open(root.resolve("store"), "amd64", Time.system());
        BaseImages.ofHost(images).busybox();
        var builder = new Builder(images, new OverlayOneShot(), BaseSource.localOnly(), Time.system());
        builder.start();
        builder.build(BuildRequest.tagged("hello:1"), EXAMPLE, said -> {});
        Image image = images.images().get("hello:1");
        String lowers = images.layers().directories(image.manifest(), image.config()).stream()
                .map(Path::toString)
                .collect(Collectors.joining(":"));
        Path run = Files.createDirectory(root.resolve("run"));
        for (String directory : new String[] {"upper", "work", "root"}) {
            Files.createDirectory(run.resolve(directory));
        }
        Files.setAttribute(run.resolve("upper"), "unix:mode", 0755);

        Process process = new ProcessBuilder(
                        "timeout",
                        "-k",
                        "1",
                        "30",
                        "unshare",
                        "-mpnf",
                        "--kill-child",
                        "--propagation",
                        "private",
                        "sh",
                        "-c",
                        SCRIPT,
                        "hello",
                        lowers,
                        run.toString())
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(out)
                .contains("hello from ", ", version 1\n", "healthy\n", "unhealthy\n", "slowly, from ")
                .endsWith("request 0\nserver 0\n");
        assertThat(image.config().run().user()).isEqualTo("33:33");
    }
}
