package dev.longshore.images.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Digest;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.RegistryHandler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// 100 pushes and 100 pulls at once, beside the garbage collector, by clients that share layers.
class ConcurrentTransfersTest {

    private static final int EACH = 100;
    private static final int CLIENTS = 5;
    private static final Duration LIMIT = Duration.ofSeconds(120);

    @TempDir
    Path root;

    @Test
    void everyDigestIsRightAfterTwoHundredTransfersAtOnce() throws Exception {
        try (var registries = new Registries(root)) {
            LocalImages there = registries.store();
            String address = registries.serve(new RegistryHandler(there));
            List<LocalImages> pushing = stores(registries);
            List<LocalImages> pulling = stores(registries);
            List<DistributionClient> pushers = clients(registries, pushing);
            List<DistributionClient> pullers = clients(registries, pulling);
            var work = new ArrayList<Callable<Void>>();
            for (int i = 0; i < EACH; i++) {
                String pushed = address + "/pushed/app" + i % 7 + ":" + i;
                LocalImages from = pushing.get(i % CLIENTS);
                Registries.image(from, pushed, i % 10, 60_000, 1000 + i, 20_000);
                DistributionClient pusher = pushers.get(i % CLIENTS);
                work.add(() -> {
                    pusher.push(Reference.parse(pushed), Credentials.NONE, Progress.SILENT);
                    return null;
                });
                Registries.image(there, "pulled:" + i, i % 10, 60_000, 2000 + i, 20_000);
                DistributionClient puller = pullers.get(i % CLIENTS);
                String pulled = address + "/pulled:" + i;
                work.add(() -> {
                    puller.pull(Reference.parse(pulled), Credentials.NONE, Progress.SILENT);
                    return null;
                });
            }
            work.add(() -> {
                there.collector().collect();
                return null;
            });

            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Void> done : threads.invokeAll(work, LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    done.get();
                }
            }

            there.collector().collect();
            for (int i = 0; i < EACH; i++) {
                requireWhole(there, "pushed/app" + i % 7 + ":" + i);
                requireWhole(pulling.get(i % CLIENTS), address + "/pulled:" + i);
            }
        }
    }

    private static List<LocalImages> stores(Registries registries) throws IOException {
        var stores = new ArrayList<LocalImages>();
        for (int i = 0; i < CLIENTS; i++) {
            stores.add(registries.store());
        }
        return stores;
    }

    private static List<DistributionClient> clients(Registries registries, List<LocalImages> stores) {
        return stores.stream()
                .map(store -> registries.client(store, ClientSettings.DEFAULT))
                .toList();
    }

    private static void requireWhole(LocalImages images, String name) throws IOException {
        Image image = images.images().get(name);
        for (Descriptor blob : image.manifest().children()) {
            MessageDigest sum = Digest.hasher("sha256");
            try (InputStream in = images.content().open(blob.digest())) {
                sum.update(in.readAllBytes());
            }
            assertThat(Digest.of("sha256", sum.digest())).isEqualTo(blob.digest());
        }
    }
}
