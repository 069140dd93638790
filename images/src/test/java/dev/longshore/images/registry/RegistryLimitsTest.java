package dev.longshore.images.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.access.Access;
import dev.longshore.images.registry.access.RepositoryPattern;
import dev.longshore.images.registry.storage.LocalStorage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryLimitsTest {

    @TempDir
    Path root;

    private LocalStorage storage;
    private final Metrics metrics = new Metrics();

    @BeforeEach
    void open() throws Exception {
        storage = new LocalStorage(LocalImages.open(root, "amd64", Time.system()));
    }

    @Test
    void aBlobMayBeSoLargeAndNoLarger() throws Exception {
        RegistryHandler registry = with(new RegistryLimits(false, 10, Long.MAX_VALUE, List.of()));

        assertThat(push(registry, "app", 10, "a").status()).isEqualTo(201);
        Response refused = push(registry, "app", 11, "b");

        assertThat(refused.status()).isEqualTo(413);
        assertThat(code(refused)).isEqualTo("SIZE_INVALID");
        assertThat(root.resolve("uploads")).isEmptyDirectory();
    }

    @Test
    void whatComesInPiecesHasTheSameBounds() throws Exception {
        RegistryHandler registry = with(new RegistryLimits(false, 10, Long.MAX_VALUE, List.of()));
        String upload = ask(registry, "POST", "/v2/app/blobs/uploads/", new byte[0])
                .headers()
                .first("Location")
                .orElseThrow();

        assertThat(ask(registry, "PATCH", upload, new byte[8]).status()).isEqualTo(202);
        assertThat(ask(registry, "PATCH", upload, new byte[3]).status()).isEqualTo(413);
    }

    @Test
    void aRepositoryMayHoldSoMuch() throws Exception {
        var quota = new RegistryLimits.Quota(new RepositoryPattern("small/*"), 100);
        RegistryHandler registry = with(new RegistryLimits(false, Long.MAX_VALUE, Long.MAX_VALUE, List.of(quota)));

        assertThat(push(registry, "small/app", 60, "a").status()).isEqualTo(201);
        Response refused = push(registry, "small/app", 60, "b");

        assertThat(refused.status()).isEqualTo(403);
        assertThat(code(refused)).isEqualTo("DENIED");
        assertThat(push(registry, "small/other", 60, "c").status()).isEqualTo(201);
        assertThat(push(registry, "large", 600, "d").status()).isEqualTo(201);
    }

    @Test
    void pushesAtTheSameTimeDoNotExceedAQuotaTogether() throws Exception {
        var quota = new RegistryLimits.Quota(new RepositoryPattern("small"), 55);
        RegistryHandler registry = with(new RegistryLimits(false, Long.MAX_VALUE, Long.MAX_VALUE, List.of(quota)));
        var statuses = new ArrayList<Future<Integer>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                String seed = String.valueOf((char) ('a' + i));
                statuses.add(
                        threads.submit(() -> push(registry, "small", 10, seed).status()));
            }
        }

        int taken = 0;
        for (Future<Integer> status : statuses) {
            assertThat(status.get()).isIn(201, 403);
            taken += status.get() == 201 ? 1 : 0;
        }
        assertThat(taken).isEqualTo(5);
        assertThat(storage.holdings(Reference.parse("small"))).hasSize(5);
        assertThat(root.resolve("uploads")).isEmptyDirectory();
    }

    @Test
    void whatARepositoryHasCostsItNothing() throws Exception {
        var quota = new RegistryLimits.Quota(new RepositoryPattern("small"), 10);
        RegistryHandler registry = with(new RegistryLimits(false, Long.MAX_VALUE, Long.MAX_VALUE, List.of(quota)));

        assertThat(push(registry, "small", 10, "a").status()).isEqualTo(201);
        assertThat(push(registry, "small", 10, "a").status()).isEqualTo(201);
        assertThat(push(registry, "small", 1, "b").status()).isEqualTo(403);
    }

    @Test
    void allTogetherMayHoldSoMuch() throws Exception {
        RegistryHandler registry = with(new RegistryLimits(false, Long.MAX_VALUE, 200, List.of()));
        assertThat(push(registry, "a", 150, "a").status()).isEqualTo(201);
        byte[] manifest = manifest("a", 150);
        assertThat(ask(registry, "PUT", "/v2/a/manifests/1", manifest).status()).isEqualTo(403);
    }

    @Test
    void inReadOnlyModeNothingChanges() throws Exception {
        push(with(RegistryLimits.NONE), "app", 10, "a");
        RegistryHandler registry = with(new RegistryLimits(true, Long.MAX_VALUE, Long.MAX_VALUE, List.of()));

        assertThat(ask(registry, "GET", "/v2/app/blobs/" + Digest.sha256(bytes("a", 10)), new byte[0])
                        .status())
                .isEqualTo(200);
        for (String method : List.of("PUT", "POST", "PATCH", "DELETE")) {
            Response refused = ask(registry, method, "/v2/app/manifests/1", new byte[0]);
            assertThat(refused.status()).isEqualTo(405);
            assertThat(code(refused)).isEqualTo("UNSUPPORTED");
        }
    }

    @Test
    void requestsAreCountedByWhatTheyAreAbout() throws Exception {
        RegistryHandler registry = with(RegistryLimits.NONE);
        push(registry, "app", 10, "a");
        ask(registry, "BREW", "/v2/app/tags/list", new byte[0]);

        assertThat(new String(metrics.text(), StandardCharsets.UTF_8))
                .contains(
                        "# TYPE registry_http_requests_total counter\n",
                        "registry_http_requests_total{code=\"201\",handler=\"blob_upload\",method=\"post\"} 1\n",
                        "registry_http_requests_total{code=\"405\",handler=\"tags\",method=\"other\"} 1\n",
                        "registry_http_request_duration_seconds_count{handler=\"blob_upload\",method=\"post\"} 1\n");
    }

    private RegistryHandler with(RegistryLimits limits) {
        return new RegistryHandler(storage, limits, Access.OPEN, metrics, Time.system());
    }

    private static Response push(RegistryHandler registry, String name, int size, String seed) throws Exception {
        byte[] blob = bytes(seed, size);
        return ask(registry, "POST", "/v2/" + name + "/blobs/uploads/?digest=" + Digest.sha256(blob), blob);
    }

    private static byte[] manifest(String seed, int size) {
        var tree = Json.object().put("schemaVersion", 2);
        tree.putObject("config")
                .put("mediaType", "application/x")
                .put("digest", Digest.sha256(bytes(seed, size)).toString())
                .put("size", size);
        tree.putArray("layers");
        return Json.bytes(tree);
    }

    private static Response ask(RegistryHandler registry, String method, String target, byte[] body) throws Exception {
        return registry.handle(Request.local(method, target, Headers.EMPTY, body));
    }

    private static String code(Response response) {
        return Json.parse(((Response.Full) response).body())
                .path("errors")
                .path(0)
                .path("code")
                .asString("");
    }

    private static byte[] bytes(String seed, int size) {
        return seed.repeat(size).getBytes(StandardCharsets.UTF_8);
    }
}
