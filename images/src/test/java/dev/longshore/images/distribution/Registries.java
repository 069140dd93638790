package dev.longshore.images.distribution;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.http.Handler;
import dev.longshore.http.HttpServer;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/// Registries and stores for a test; closed with it.
final class Registries implements AutoCloseable {

    /// A clock whose sleepers do not sleep; it notes what they wanted.
    static final class Sleepless implements Time {
        final List<Duration> slept = new CopyOnWriteArrayList<>();

        @Override
        public Instant now() {
            return Time.system().now();
        }

        @Override
        public long nanoTime() {
            return Time.system().nanoTime();
        }

        @Override
        public void sleep(Duration span) {
            slept.add(span);
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            return Time.system().schedule(delay, task);
        }
    }

    final Sleepless time = new Sleepless();
    private final Path root;
    private final List<Runnable> open = new ArrayList<>();
    private int stores;

    Registries(Path root) {
        this.root = root;
    }

    LocalImages store() throws IOException {
        return LocalImages.open(Files.createDirectory(root.resolve("store-" + stores++)), "amd64", time);
    }

    /// Answers `host:port`.
    String serve(Handler handler) throws IOException {
        var server = new HttpServer("registry-test", handler);
        open.add(server::close);
        return "127.0.0.1:" + server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    DistributionClient client(LocalImages images, ClientSettings settings) {
        var client = new DistributionClient(images, settings, CredentialSource.NONE);
        open.add(client::close);
        return client;
    }

    /// An image of random layers, the same for the same seeds.
    static Image image(LocalImages images, String name, long... seedsAndSizes) throws IOException {
        var layers = new ArrayList<Descriptor>();
        var ids = new ArrayList<Digest>();
        try (var lease = images.content().leases().open()) {
            for (int i = 0; i < seedsAndSizes.length; i += 2) {
                byte[] bytes = new byte[(int) seedsAndSizes[i + 1]];
                new Random(seedsAndSizes[i]).nextBytes(bytes);
                lease.keep(Digest.sha256(bytes));
                layers.add(images.content().put(MediaTypes.OCI_LAYER, bytes));
                ids.add(Digest.sha256(bytes));
            }
            var empty = ImageConfig.empty(images.images().platform());
            var config =
                    new ImageConfig(empty.platform(), empty.created(), "", empty.run(), List.copyOf(ids), List.of());
            Digest target = images.images().assemble(config, layers, lease);
            images.images().tag(Reference.parse(name), target);
        }
        return images.images().get(name);
    }

    @Override
    public void close() {
        open.reversed().forEach(Runnable::run);
    }
}
