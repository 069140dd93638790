package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import dev.longshore.linux.Inodes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A bit of everything that writes: load, build, pull in pieces, tag, hold, remove, collect. Run in a process of its
/// own, it goes on for ever and prints a line after each.
final class CrashWork {

    private static final byte[] PIECES =
            "a blob that comes in pieces".repeat(1000).getBytes(StandardCharsets.UTF_8);

    private final LocalImages local;
    private final Done done;
    private Consumer<String> told = line -> {};

    CrashWork(LocalImages local, Done done) {
        this.local = local;
        this.done = done;
    }

    /// What was finished, and so must be there whatever comes after.
    static final class Done {
        private Optional<String> loaded = Optional.empty();
        private Optional<String> built = Optional.empty();
        private boolean isHeld;
        private boolean isPulled;

        void check(LocalImages after) throws Exception {
            if (loaded.isPresent()) {
                assertThat(after.images().get("one:1").id()).hasToString(loaded.get());
            }
            if (built.isPresent()) {
                assertThat(after.images().get("built:1").id()).hasToString(built.get());
            }
            if (isHeld) {
                assertThat(after.holds().holders()).contains("container");
            }
            if (isPulled) {
                assertThat(after.content().has(dev.longshore.base.Digest.sha256(PIECES)))
                        .isTrue();
            }
        }
    }

    /// An archive of two images.
    static byte[] archive(LocalImages local) throws Exception {
        var tar = new Tar();
        for (int i = 0; i < 30; i++) {
            tar.file("file-" + i, ("content " + i).repeat(2000));
        }
        Image one = Tar.image(local, "one:1", tar.bytes());
        Image two = Tar.image(local, "two:1", new Tar().file("b", "2").bytes());
        var bytes = new ByteArrayOutputStream();
        new ImageArchive(local).save(List.of(one, two), bytes);
        return bytes.toByteArray();
    }

    void run(byte[] archive) throws Exception {
        List<Image> loaded = new ImageArchive(local).load(new ByteArrayInputStream(archive));
        done.loaded = Optional.of(loaded.getFirst().id().toString());
        told.accept("loaded");
        Image built = build(loaded.getFirst());
        done.built = Optional.of(built.id().toString());
        told.accept("built");
        local.snapshots().prepare("container", loaded.getFirst().id());
        done.isHeld = true;
        told.accept("held");
        pull();
        local.images().tag(Reference.parse("again:1"), built.target());
        told.accept("tagged");
        local.images().remove("two:1", false);
        done.isPulled = false;
        local.collector().collect();
        told.accept("collected");
        done.isHeld = false;
        local.snapshots().release("container");
        told.accept("released");
    }

    private Image build(Image base) throws Exception {
        Path upper = local.layers().stage("step");
        try (Leases.Lease lease = local.content().leases().open()) {
            Files.writeString(upper.resolve("new"), "built");
            var parent = base.config().chainIds().getLast();
            Layers.Written layer = local.layers().commit(upper, Optional.of(parent), lease);
            var config = new ImageConfig(
                    base.config().platform(),
                    Optional.empty(),
                    "",
                    RunConfig.EMPTY,
                    List.of(base.config().diffIds().getFirst(), layer.diffId()),
                    List.of());
            local.images()
                    .tag(
                            Reference.parse("built:1"),
                            local.images()
                                    .assemble(
                                            config,
                                            List.of(base.manifest().layers().getFirst(), layer.descriptor()),
                                            lease));
        } finally {
            local.layers().discard(upper);
        }
        return local.images().get("built:1");
    }

    private void pull() throws Exception {
        String upload = local.content().uploads().begin("app");
        int half = PIECES.length / 2;
        local.content().uploads().append(upload, 0, new ByteArrayInputStream(PIECES, 0, half));
        local.content().uploads().append(upload, half, new ByteArrayInputStream(PIECES, half, PIECES.length - half));
        local.content().uploads().finish(upload, dev.longshore.base.Digest.sha256(PIECES));
        done.isPulled = true;
        told.accept("pulled");
    }

    /// Works in the store of `args[0]` until it is killed.
    public static void main(String[] args) throws Exception {
        byte[] archive = Files.readAllBytes(Path.of(args[1]));
        var local = new LocalImages(
                new ImageLayout(Path.of(args[0]), "boot"), Platform.linux("amd64"), Inodes.host(), Time.system());
        local.start();
        var work = new CrashWork(local, new Done());
        work.told = System.out::println;
        while (true) {
            work.run(archive);
            local.images().remove("one:1", false);
            local.images().remove("built:1", true);
            local.images().remove("again:1", true);
            local.collector().collect();
        }
    }
}
