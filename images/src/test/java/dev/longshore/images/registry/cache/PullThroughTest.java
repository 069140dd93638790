package dev.longshore.images.registry.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.ClientSettings;
import dev.longshore.images.distribution.CredentialSource;
import dev.longshore.images.distribution.Credentials;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.distribution.Progress;
import dev.longshore.images.registry.Metrics;
import dev.longshore.images.registry.RegistryHandler;
import dev.longshore.images.registry.RegistryLimits;
import dev.longshore.images.registry.access.Access;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Our own registry in front of two others of our own.
class PullThroughTest {

    @TempDir
    Path root;

    private final List<HttpServer> servers = new ArrayList<>();
    private final List<DistributionClient> clients = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final Metrics metrics = new Metrics();
    private LocalImages first;
    private LocalImages second;
    private LocalImages between;
    private String firstAddress;
    private String secondAddress;
    private String address;
    private RegistryHandler cache;

    @BeforeEach
    void open() throws Exception {
        first = store("first");
        second = store("second");
        between = store("between");
        firstAddress = serve(counted(new RegistryHandler(first)));
        secondAddress = serve(counted(new RegistryHandler(second)));
        cache = cache();
        address = serve(cache);
    }

    private RegistryHandler cache() throws Exception {
        var storage = new PullThrough(
                between,
                client(between, ClientSettings.DEFAULT.withFirstPause(Duration.ofMillis(1))),
                Set.of(firstAddress, secondAddress),
                Duration.ZERO,
                metrics);
        storage.start();
        return new RegistryHandler(storage, RegistryLimits.NONE, Access.OPEN, metrics, Time.system());
    }

    @AfterEach
    void close() {
        clients.forEach(DistributionClient::close);
        servers.forEach(HttpServer::close);
    }

    @Test
    void anImageIsFetchedWhenAskedForAndServedFromHereAfterwards() throws Exception {
        Image image = image(first, "team/app:1", "content");
        Reference name = Reference.parse(firstAddress + "/team/app:1");

        assertThat(pull(name).id()).isEqualTo(image.id());
        int before = asked.get();
        assertThat(pull(name).id()).isEqualTo(image.id());

        assertThat(asked.get() - before).isEqualTo(1); // Whether the tag is still the same.
        assertThat(between.images().get(firstAddress + "/team/app:1").id()).isEqualTo(image.id());
        assertThat(new String(metrics.text(), StandardCharsets.UTF_8))
                .contains(
                        "registry_proxy_misses_total{type=\"blob\",upstream=\"" + firstAddress + "\"} 2\n",
                        "registry_proxy_pulled_bytes_total{type=\"blob\"");
    }

    @Test
    void severalRegistriesAreBehindOneAddressByMirrorsParameter() throws Exception {
        Image one = image(first, "app:1", "one");
        Image other = image(second, "app:1", "other");
        Image pulledOne = pull(Reference.parse(firstAddress + "/app:1"));
        Image pulledOther = pull(Reference.parse(secondAddress + "/app:1"));

        assertThat(pulledOne.id()).isEqualTo(one.id());
        assertThat(pulledOther.id()).isEqualTo(other.id());
        assertThat(between.images().find(firstAddress + "/app:1")).isPresent();
        assertThat(between.images().find(secondAddress + "/app:1")).isPresent();
    }

    @Test
    void aRegistryIsAlsoThePrefixOfARepository() throws Exception {
        Image image = image(first, "first.example/team/app:1", "content");
        var storage = new PullThrough(
                between,
                client(
                        between,
                        ClientSettings.DEFAULT.withMirrors(
                                Map.of("first.example", List.of(URI.create("http://" + firstAddress))))),
                Set.of("first.example"),
                Duration.ZERO,
                metrics);
        String front = serve(new RegistryHandler(storage, RegistryLimits.NONE, Access.OPEN, metrics, Time.system()));
        LocalImages here = store("client");

        Image pulled = client(here, ClientSettings.DEFAULT)
                .pull(Reference.parse(front + "/first.example/team/app:1"), Credentials.NONE, Progress.SILENT);

        assertThat(pulled.id()).isEqualTo(image.id());
    }

    @Test
    void aTagThatMovesOverThereMovesHere() throws Exception {
        image(first, "app:1", "old");
        Reference name = Reference.parse(firstAddress + "/app:1");
        pull(name);

        Image fresh = image(first, "app:1", "new");

        assertThat(pull(name).id()).isEqualTo(fresh.id());
        cache = cache();
        Image newer = image(first, "app:1", "newer");
        assertThat(digest("/v2/app/manifests/1?ns=" + firstAddress))
                .isEqualTo(newer.target().toString());
    }

    @Test
    void whatIsHereIsServedWhileTheOtherIsAway() throws Exception {
        Image image = image(first, "app:1", "content");
        Reference name = Reference.parse(firstAddress + "/app:1");
        pull(name);

        servers.get(0).close();

        assertThat(pull(name).id()).isEqualTo(image.id());
        assertThat(status("/v2/other/manifests/1?ns=" + firstAddress)).isEqualTo(502);
    }

    @Test
    void whatWasMadeHereIsNotReplaced() throws Exception {
        image(first, "app:1", "theirs");
        Image own = image(between, firstAddress + "/app:1", "ours");

        assertThat(digest("/v2/app/manifests/1?ns=" + firstAddress))
                .isEqualTo(own.target().toString());
    }

    @Test
    void theFirstBytesAreGivenAwayBeforeTheLastAreThere() throws Exception {
        var given = new CountDownLatch(1);
        byte[] blob = blob(1);
        String slow = serve(blobOf(blob, out -> {
            out.write(blob, 0, blob.length / 2);
            out.flush();
            assertThat(given.await(20, TimeUnit.SECONDS)).isTrue();
            out.write(blob, blob.length / 2, blob.length - blob.length / 2);
        }));

        byte[] got = through(slow, blob, given::countDown);

        assertThat(got).isEqualTo(blob);
        assertThat(between.content().has(Digest.sha256(blob))).isTrue();
    }

    @Test
    void manyWhoWantTheSameCauseOneFetch() throws Exception {
        var fetches = new AtomicInteger();
        var reading = new CountDownLatch(8);
        byte[] blob = blob(2);
        String slow = serve(blobOf(blob, out -> {
            fetches.incrementAndGet();
            out.write(blob, 0, blob.length / 2);
            out.flush();
            assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();
            out.write(blob, blob.length / 2, blob.length - blob.length / 2);
        }));
        RegistryHandler front = front(slow);
        var got = new ArrayList<Future<byte[]>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                got.add(threads.submit(() -> through(front, slow, blob, reading::countDown)));
            }
        }

        for (Future<byte[]> each : got) {
            assertThat(each.get()).isEqualTo(blob);
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void somethingElseThanWasPromisedIsNeitherStoredNorGivenAwayWhole() throws Exception {
        byte[] blob = blob(3);
        byte[] other = blob.clone();
        other[other.length - 1]++;
        String liar = serve(blobOf(blob, out -> out.write(other)));
        var given = new AtomicInteger();

        assertThatThrownBy(() -> through(liar, blob, given::incrementAndGet))
                .hasMessageContaining("did not come whole");

        assertThat(given.get()).isPositive();
        assertThat(between.content().has(Digest.sha256(blob))).isFalse();
        assertThat(between.images().find(liar + "/app:1")).isEmpty();
    }

    @Test
    void aRemoteThatAlwaysBreaksOffLeavesNothing() throws Exception {
        byte[] blob = blob(4);
        String broken = serve(blobOf(blob, out -> {
            out.write(blob, 0, blob.length / 2);
            throw new IOException("cut");
        }));

        assertThatThrownBy(() -> through(broken, blob, () -> {})).hasMessageContaining("did not come whole");

        assertThat(between.content().has(Digest.sha256(blob))).isFalse();
        try (var staging = Files.list(root.resolve("between/staging"))) {
            assertThat(staging.flatMap(PullThroughTest::files)).isEmpty();
        }
    }

    @Test
    void whatRefersToAnImageOverThereIsListedHere() throws Exception {
        Image image = image(first, "app:1", "content");
        var tree = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_MANIFEST);
        tree.put("artifactType", "application/vnd.example.signature");
        tree.set("config", first.content().put("application/x", new byte[] {1}).json());
        tree.putArray("layers");
        tree.set(
                "subject",
                Descriptor.of(MediaTypes.OCI_MANIFEST, image.target(), 1).json());
        Descriptor signature = first.content().put(MediaTypes.OCI_MANIFEST, Json.bytes(tree));
        first.images().tag(Reference.parse("app:sig"), signature.digest());

        String path = "/v2/app/referrers/" + image.target() + "?ns=" + firstAddress;
        var listed = (Response.Full) cache.handle(Request.local("GET", path, Headers.EMPTY, new byte[0]));

        assertThat(new String(listed.body(), StandardCharsets.UTF_8))
                .contains(signature.digest().toString());
        assertThat(status("/v2/app/manifests/" + signature.digest() + "?ns=" + firstAddress))
                .isEqualTo(200);
    }

    private static byte[] blob(int seed) {
        byte[] blob = new byte[500_000];
        new Random(seed).nextBytes(blob);
        return blob;
    }

    private static java.util.stream.Stream<Path> files(Path directory) {
        try {
            return Files.list(directory);
        } catch (IOException none) {
            return java.util.stream.Stream.empty();
        }
    }

    private interface Sending {
        void to(java.io.OutputStream out) throws IOException, InterruptedException;
    }

    /// A registry of one image with one layer, which it sends by `sending`.
    private static Handler blobOf(byte[] blob, Sending sending) {
        var tree = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_MANIFEST);
        tree.set(
                "config",
                Descriptor.of(MediaTypes.OCI_LAYER, Digest.sha256(blob), blob.length)
                        .json());
        tree.putArray("layers");
        byte[] manifest = Json.bytes(tree);
        return request -> {
            if (request.path().contains("/manifests/")) {
                return new Response.Full(200, Headers.of("Content-Type", MediaTypes.OCI_MANIFEST), manifest);
            }
            return request.path().contains("/blobs/")
                    ? new Response.Stream(200, Headers.of("Content-Length", String.valueOf(blob.length)), sending::to)
                    : Response.text(404, "");
        };
    }

    private RegistryHandler front(String upstream) throws Exception {
        var storage = new PullThrough(
                between,
                client(between, ClientSettings.DEFAULT.withFirstPause(Duration.ofMillis(1))),
                Set.of(upstream),
                Duration.ofMinutes(1),
                metrics);
        storage.start();
        return new RegistryHandler(storage, RegistryLimits.NONE, Access.OPEN, metrics, Time.system());
    }

    private byte[] through(String upstream, byte[] blob, Runnable firstBytes) throws Exception {
        return through(front(upstream), upstream, blob, firstBytes);
    }

    /// What a client gets who asks for the manifest and then for the blob.
    private static byte[] through(RegistryHandler front, String upstream, byte[] blob, Runnable firstBytes)
            throws Exception {
        front.handle(Request.local("GET", "/v2/app/manifests/1?ns=" + upstream, Headers.EMPTY, new byte[0]));
        String path = "/v2/app/blobs/" + Digest.sha256(blob) + "?ns=" + upstream;
        var response = (Response.Stream) front.handle(Request.local("GET", path, Headers.EMPTY, new byte[0]));
        var out = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
                if (size() == 0) {
                    firstBytes.run();
                }
                super.write(bytes, offset, length);
            }
        };
        response.body().writeTo(out);
        return out.toByteArray();
    }

    @Test
    void otherRegistriesAreNotAsked() throws Exception {
        assertThat(status("/v2/example.com/app/manifests/1")).isEqualTo(404);
        assertThat(status("/v2/none/manifests/1?ns=" + firstAddress)).isEqualTo(404);
        assertThat(status("/v2/none/blobs/" + Digest.sha256(new byte[] {1}) + "?ns=" + firstAddress))
                .isEqualTo(404);
    }

    private Image pull(Reference name) throws Exception {
        LocalImages here = store("client-" + servers.size() + "-" + clients.size());
        var settings = ClientSettings.DEFAULT.withMirrors(Map.of(
                firstAddress, List.of(URI.create("http://" + address)),
                secondAddress, List.of(URI.create("http://" + address))));
        return client(here, settings).pull(name, Credentials.NONE, Progress.SILENT);
    }

    private int status(String path) throws Exception {
        return cache.handle(Request.local("GET", path, Headers.EMPTY, new byte[0]))
                .status();
    }

    private String digest(String path) throws Exception {
        return cache.handle(Request.local("HEAD", path, Headers.EMPTY, new byte[0]))
                .headers()
                .first("Docker-Content-Digest")
                .orElse("");
    }

    private Handler counted(Handler handler) {
        return request -> {
            asked.incrementAndGet();
            Response response = handler.handle(request);
            return response;
        };
    }

    private LocalImages store(String name) throws Exception {
        return LocalImages.open(Files.createDirectory(root.resolve(name)), "amd64", Time.system());
    }

    private DistributionClient client(LocalImages images, ClientSettings settings) {
        var client = new DistributionClient(images, settings, CredentialSource.NONE);
        clients.add(client);
        return client;
    }

    private String serve(Handler handler) throws Exception {
        var server = new HttpServer("registry-test", handler);
        servers.add(server);
        return "127.0.0.1:" + server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static Image image(LocalImages images, String name, String text) throws Exception {
        byte[] layer = text.getBytes(StandardCharsets.UTF_8);
        var empty = ImageConfig.empty(images.images().platform());
        var config = new ImageConfig(
                empty.platform(), empty.created(), "", empty.run(), List.of(Digest.sha256(layer)), List.of());
        try (var lease = images.content().leases().open()) {
            lease.keep(Digest.sha256(layer));
            Descriptor stored = images.content().put(MediaTypes.OCI_LAYER, layer);
            images.images().tag(Reference.parse(name), images.images().assemble(config, List.of(stored), lease));
        }
        return images.images().get(name);
    }
}
