package dev.longshore.images.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Time;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import dev.longshore.linux.CommandFailedException;
import dev.longshore.linux.HostCommands;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// With the host's own apt.
class DebianImagesTest {

    private Path root;
    private LocalImages local;
    private final List<String> lines = new ArrayList<>();

    @BeforeEach
    void aStore() throws Exception {
        boolean canRun =
                "root".equals(System.getProperty("user.name")) && Files.isExecutable(Path.of("/usr/bin/apt-get"));
        assertThat(canRun || !"true".equals(System.getenv("CI"))).isTrue();
        assumeTrue(canRun, "needs root and apt");
        root = Files.createTempDirectory("debian-images-test");
        local = LocalImages.open(root, "amd64", Time.system());
    }

    @AfterEach
    void removeIt() throws Exception {
        if (root != null) {
            new HostCommands().require("rm", "-rf", root.toString());
        }
    }

    @Test
    void pythonStandsOnDebianAndBothRunInTheirOwnRoot() throws Exception {
        var images = new DebianImages(local, new HostCommands(), lines::add);

        Image python = images.python();

        Image debian = local.images().get(DebianImages.DEBIAN.toString());
        assertThat(python.names()).extracting(Reference::familiar).containsExactly("longshore.local/python:latest");
        assertThat(python.manifest().layers())
                .hasSize(2)
                .startsWith(debian.manifest().layers().getFirst());
        assertThat(
                        inside(
                                debian,
                                "bash",
                                "-c",
                                "id -un; echo a b | awk '{print $2}'; grep -c Package: /var/lib/dpkg/status >/dev/null && sh -c 'ls -d /bin'"))
                .isEqualTo("root\nb\n/bin\n");
        assertThat(inside(
                        python,
                        "python3",
                        "-c",
                        "import http.server, json, ssl, sqlite3, zlib, lzma, hashlib;"
                                + " print(json.dumps({'sum': hashlib.sha256(b'x').hexdigest()[:4]}))"))
                .isEqualTo("{\"sum\": \"2d71\"}\n");
        assertThat(python.size()).isLessThan(45_000_000L);
        lines.clear();
        assertThat(images.python()).isEqualTo(python);
        assertThat(lines).isEmpty();
    }

    @Test
    void whatAptDoesNotKnowIsSaidAndLeavesNothing() throws Exception {
        var apt = new AptPackages(new HostCommands(), Files.createDirectory(root.resolve("work")));

        assertThatThrownBy(() -> apt.fetch(List.of("no-such-package-at-all"), new java.util.TreeSet<>()))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("no-such-package-at-all");
        assertThat(local.images().list()).isEmpty();
    }

    private String inside(Image image, String... command) throws Exception {
        List<Path> layers = local.snapshots().prepare("test", image.id()).lowerDirectories();
        Path mount = Files.createDirectories(root.resolve("mount"));
        var all = new ArrayList<>(List.of("unshare", "-m", "--propagation", "private", "sh", "-c"));
        Path scratch = Files.createDirectories(root.resolve("scratch/upper")).getParent();
        Files.createDirectories(scratch.resolve("work"));
        String lower = String.join(":", layers.stream().map(Path::toString).toList());
        all.add("mount -t overlay overlay -o lowerdir=%s,upperdir=%s/upper,workdir=%s/work %s && exec chroot %s \"$@\""
                .formatted(lower, scratch, scratch, mount, mount));
        all.add("inside");
        all.addAll(List.of(command));
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return out;
    }
}
