package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Time;
import dev.longshore.builder.progress.ClassicOutput;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.BaseImages;
import dev.longshore.images.Image;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MergedTree;
import dev.longshore.linux.HostCommands;
import dev.longshore.linux.HostTools;
import dev.longshore.runtime.OneShot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// A store with a base image, a context, and a builder: for tests that build Dockerfiles.
public final class Workshop implements AutoCloseable {

    public final StringBuffer said = new StringBuffer();
    public final Path root;
    public final Path context;
    public final LocalImages images;
    private final OneShot steps;
    private Builder builder;
    private long cacheBytes;

    private Workshop(Path root, OneShot steps, long cacheBytes) throws IOException, InterruptedException {
        this.root = root;
        this.steps = steps;
        this.context = Files.createDirectory(root.resolve("context"));
        this.images = LocalImages.open(root.resolve("store"), "amd64", Time.system());
        BaseImages.ofHost(images).busybox();
        reopen(cacheBytes);
    }

    /// One where commands run quickly, in a mount namespace only.
    public static Workshop quick() throws Exception {
        return with(new OverlayOneShot(), Long.MAX_VALUE);
    }

    public static Workshop with(OneShot steps, long cacheBytes) throws Exception {
        boolean canRun = "root".equals(System.getProperty("user.name"))
                && Files.exists(Path.of("/usr/bin/busybox"))
                && new HostTools(new HostCommands()).missing().isEmpty();
        assertThat(canRun || !"true".equals(System.getenv("CI"))).isTrue();
        assumeTrue(canRun, "needs root, busybox and the host's tools");
        return new Workshop(Files.createTempDirectory("workshop"), steps, cacheBytes);
    }

    /// An empty context, and nothing said.
    public void clear() throws IOException {
        try (var files = Files.walk(context)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                if (!file.equals(context)) {
                    Files.delete(file);
                }
            }
        }
        said.setLength(0);
    }

    /// A new builder over the same store, as after a restart.
    void reopen(long cacheBytes) throws IOException {
        this.cacheBytes = cacheBytes;
        builder = new Builder(
                images, steps, BaseSource.localOnly(), cacheBytes, List.of(root.resolve("cdi")), Time.system());
        builder.start();
    }

    long cacheBytes() {
        return cacheBytes;
    }

    public Builder builder() {
        return builder;
    }

    Workshop write(String name, String text) throws IOException {
        Path file = context.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return this;
    }

    Workshop dockerfile(String text) throws IOException {
        return write("Dockerfile", text);
    }

    Built build(String tag) throws Exception {
        return build(tag, Wishes.NONE);
    }

    Built build(String tag, Wishes wishes) throws Exception {
        return builder.build(BuildRequest.tagged(tag).with(wishes), context, new ClassicOutput(said::append));
    }

    ImageConfig config(String name) throws IOException {
        return images.images().get(name).config();
    }

    public MergedTree tree(String name) throws Exception {
        Image image = images.images().get(name);
        return images.layers().merged(images.layers().directories(image.manifest(), image.config()));
    }

    String content(String name, String path) throws Exception {
        return Files.readString(tree(name).find(path).orElseThrow(() -> new AssertionError(path + " is not there")));
    }

    /// Every path that the topmost layer of `name` has.
    String topLayer(String name) throws Exception {
        Image image = images.images().get(name);
        Path top = images.layers().directories(image.manifest(), image.config()).getFirst();
        try (var files = Files.walk(top)) {
            return files.map(file -> top.relativize(file).toString())
                    .filter(file -> !file.isEmpty())
                    .sorted()
                    .collect(Collectors.joining(" "));
        }
    }

    @Override
    public void close() throws IOException {
        assertThat(new ProcessBuilder("rm", "-rf", root.toString())
                        .start()
                        .onExit()
                        .join()
                        .exitValue())
                .isZero();
    }
}
