package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Builds, loads, pulls, containers and removals at once, and a collector that never rests: nothing that somebody
/// needs ever goes, and when all is quiet everything else has gone.
class CollectorStressTest {

    private static final int WORKERS = 4;
    private static final int TURNS = 25;

    @RegisterExtension
    final Scratch scratch = new Scratch();

    private LocalImages local;
    private final Set<String> finished = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void aStore() throws Exception {
        Needs.root();
        local = scratch.local();
    }

    @Test
    void theCollectorTakesNothingThatSomebodyNeeds() throws Exception {
        byte[] archive = archive();
        var isOver = new AtomicBoolean();
        var rounds = new AtomicInteger();
        try (var workers = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("worker-", 0).factory())) {
            Future<?> collecting = workers.submit((Callable<Void>) () -> {
                while (!isOver.get()) {
                    local.collector().collect();
                    rounds.incrementAndGet();
                }
                return null;
            });
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < WORKERS; i++) {
                int worker = i;
                all.add(workers.submit((Callable<Void>) () -> {
                    work(worker, archive);
                    return null;
                }));
            }
            try {
                for (Future<?> worker : all) {
                    worker.get(120, TimeUnit.SECONDS);
                }
            } finally {
                isOver.set(true);
            }
            collecting.get(60, TimeUnit.SECONDS);
        }

        local.collector().collect();
        assertThat(rounds.get()).isGreaterThan(TURNS);
        assertThat(finished).hasSize(WORKERS * 3);
        Wholeness.check(local);
        Set<Digest> needed = local.images().reachable(local.images().targets());
        assertThat(new HashSet<>(local.content().list())).isEqualTo(needed);
        assertThat(local.images().chains(local.images().targets()))
                .containsAll(local.layers().unpacked());
        for (String name : List.copyOf(finished)) {
            local.images().remove(name, false);
        }
        local.images().list().forEach(left -> remove(left.id().toString()));
        local.collector().collect();
        assertThat(local.content().list()).isEmpty();
        assertThat(local.layers().unpacked()).isEmpty();
    }

    private void work(int worker, byte[] archive) throws Exception {
        var random = new Random(worker);
        for (int turn = 0; turn < TURNS; turn++) {
            boolean isKept = turn >= TURNS - 3;
            String name = "image-%d-%d:1".formatted(worker, turn);
            Image image =
                    switch (random.nextInt(3)) {
                        case 0 -> loaded(archive, name);
                        case 1 -> built(name, worker + " " + turn);
                        default -> imported(name, worker + " " + turn);
                    };
            // At once in use, as a container would: its layers are unpacked while the collector looks on.
            String holder = "container-" + worker;
            for (Path layer : local.snapshots().prepare(holder, image.id()).lowerDirectories()) {
                assertThat(layer).isDirectory();
            }
            assertWhole(image);
            local.snapshots().release(holder);
            if (isKept) {
                finished.add(name);
            } else {
                remove(name);
            }
        }
    }

    private void assertWhole(Image image) {
        for (Descriptor child : image.manifest().children()) {
            assertThat(local.content().has(child.digest()))
                    .as("content of a named image")
                    .isTrue();
        }
    }

    private void remove(String name) {
        try {
            local.images().remove(name, true);
        } catch (ImageFaultException inUse) {
            // The same image, loaded by another: its container is a reason.
            assertThat(inUse.fault()).isInstanceOf(ImageFault.InUse.class);
        } catch (java.io.IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }

    private Image loaded(byte[] archive, String name) throws Exception {
        Image image =
                new ImageArchive(local).load(new ByteArrayInputStream(archive)).getFirst();
        // Between loading and naming it anew it is nameless for the others, who may not remove what is not theirs.
        local.images().tag(Reference.parse(name), image.target());
        return local.images().get(name);
    }

    private Image imported(String name, String content) throws Exception {
        return new FileSystemImages(local)
                .imported(
                        new ByteArrayInputStream(new Tar().file("file", content).bytes()),
                        local.images().platform(),
                        new FileSystemImages.Wish(RunConfig.EMPTY, "", "", "", List.of(Reference.parse(name))));
    }

    private Image built(String name, String content) throws Exception {
        Path upper = local.layers().stage("step");
        try (Leases.Lease lease = local.content().leases().open()) {
            Files.write(upper.resolve("file"), content.getBytes(StandardCharsets.UTF_8));
            Layers.Written layer = local.layers().commit(upper, Optional.empty(), lease);
            var config = new ImageConfig(
                    local.images().platform(),
                    Optional.empty(),
                    "",
                    RunConfig.EMPTY,
                    List.of(layer.diffId()),
                    List.of());
            Digest target = local.images().assemble(config, List.of(layer.descriptor()), lease);
            local.images().tag(Reference.parse(name), target);
        } finally {
            local.layers().discard(upper);
        }
        return local.images().get(name);
    }

    private byte[] archive() throws Exception {
        Image image =
                Tar.image(local, "shared:1", new Tar().file("shared", "by all").bytes());
        var bytes = new ByteArrayOutputStream();
        new ImageArchive(local).save(List.of(image.only(List.of())), bytes);
        return bytes.toByteArray();
    }
}
