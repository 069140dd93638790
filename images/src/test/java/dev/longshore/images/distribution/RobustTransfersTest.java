package dev.longshore.images.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.http.Filter;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.RegistryHandler;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What goes wrong between a client and a registry, and goes right all the same.
class RobustTransfersTest {

    private static final int LAYER = 300_000;

    @TempDir
    Path root;

    private Registries registries;
    private LocalImages here;
    private LocalImages there;
    private DistributionClient client;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws Exception {
        registries = new Registries(root);
        here = registries.store();
        there = registries.store();
        client = registries.client(here, ClientSettings.DEFAULT);
    }

    @AfterEach
    void close() {
        registries.close();
    }

    @Test
    void aDownloadThatBreaksOffGoesOnWhereItStopped() throws Exception {
        var cut = new AtomicInteger();
        Image image = Registries.image(there, "team/app:1", 1, LAYER);
        Reference name = Reference.parse(served((request, next) -> {
                    boolean isLayer = request.path()
                            .endsWith(image.manifest()
                                    .layers()
                                    .getFirst()
                                    .digest()
                                    .toString());
                    return isLayer && cut.incrementAndGet() <= 2 ? halfOf(next.handle(request)) : next.handle(request);
                })
                + "/team/app:1");

        Image pulled = client.pull(name, Credentials.NONE, Progress.SILENT);

        assertThat(pulled.id()).isEqualTo(image.id());
        assertThat(asked)
                .filteredOn(line -> line.contains("bytes="))
                .hasSize(2)
                .allMatch(line -> line.matches(".*bytes=[1-9][0-9]*-"));
    }

    @Test
    void aDownloadThatAlwaysBreaksOffFailsInTheEndAndLeavesNothing() throws Exception {
        Image image = Registries.image(there, "app:1", 1, LAYER);
        Digest layer = image.manifest().layers().getFirst().digest();
        Reference name =
                Reference.parse(served((request, next) -> request.path().endsWith(layer.toString())
                                ? new Response.Stream(200, Headers.of("Content-Length", "300000"), out -> {
                                    throw new IOException("cut");
                                })
                                : next.handle(request))
                        + "/app:1");

        assertThatThrownBy(() -> client.pull(name, Credentials.NONE, Progress.SILENT))
                .hasMessageContaining("broke off");

        assertThat(here.content().has(layer)).isFalse();
        assertThat(here.images().list()).isEmpty();
        assertThat(registries.time.slept).hasSizeBetween(4, 20);
    }

    @Test
    void anOverloadedRegistryIsAskedAgainWhenItSaysSo() throws Exception {
        Image image = Registries.image(there, "app:1", 1, 1000);
        var refused = new AtomicInteger();
        Reference name = Reference.parse(served((request, next) -> switch (refused.incrementAndGet()) {
                    case 1 -> new Response.Full(429, Headers.of("Retry-After", "7"), new byte[0]);
                    case 2 -> new Response.Full(503, Headers.EMPTY, new byte[0]);
                    default -> next.handle(request);
                })
                + "/app:1");

        assertThat(client.pull(name, Credentials.NONE, Progress.SILENT).id()).isEqualTo(image.id());

        assertThat(registries.time.slept)
                .startsWith(
                        Duration.ofSeconds(7),
                        ClientSettings.DEFAULT.firstPause().multipliedBy(2));
    }

    @Test
    void anUploadThatBreaksOffGoesOnWhereItStopped() throws Exception {
        var cut = new AtomicInteger();
        Reference name = Reference.parse(served((request, next) -> {
                    boolean isLarge = request.method().equals("PUT")
                            && request.path().contains("/uploads/")
                            && request.headers()
                                            .first("Content-Length")
                                            .map(Long::parseLong)
                                            .orElse(0L)
                                    > LAYER / 2;
                    if (!isLarge || cut.incrementAndGet() > 1) {
                        return next.handle(request);
                    }
                    byte[] some = request.body().readNBytes(LAYER / 3);
                    next.handle(Request.local("PATCH", request.path(), Headers.EMPTY, some));
                    return new Response.Full(502, Headers.EMPTY, new byte[0]);
                })
                + "/app:1");
        Image image = Registries.image(here, name.toString(), 1, LAYER);

        client.push(name, Credentials.NONE, Progress.SILENT);

        assertThat(there.images().get("app:1").id()).isEqualTo(image.id());
        assertThat(asked)
                .filteredOn(line -> line.startsWith("PUT") && line.contains("100000-299999"))
                .hasSize(1);
    }

    @Test
    void whatIsTooLargeForOneRequestGoesInPieces() throws Exception {
        Reference name =
                Reference.parse(served((request, next) -> request.path().contains("/uploads/")
                                        && request.headers()
                                                        .first("Content-Length")
                                                        .map(Long::parseLong)
                                                        .orElse(0L)
                                                > (8 << 20)
                                ? new Response.Full(413, Headers.EMPTY, new byte[0])
                                : next.handle(request))
                        + "/app:1");
        Image image = Registries.image(here, name.toString(), 1, (8 << 20) + 5);

        client.push(name, Credentials.NONE, Progress.SILENT);

        assertThat(there.images().get("app:1").id()).isEqualTo(image.id());
        assertThat(asked).anyMatch(line -> line.startsWith("PATCH") && line.contains("0-8388607"));
    }

    @Test
    void whatAnotherRepositoryHasIsNotSentAgain() throws Exception {
        String address = served((request, next) -> next.handle(request));
        Registries.image(here, address + "/base:1", 1, LAYER);
        client.push(Reference.parse(address + "/base:1"), Credentials.NONE, Progress.SILENT);
        asked.clear();
        var told = new CopyOnWriteArrayList<String>();
        Image image = Registries.image(here, address + "/app:1", 1, LAYER, 2, 1000);

        client.push(
                Reference.parse(address + "/app:1"), Credentials.NONE, (id, status, done, total) -> told.add(status));
        client.push(
                Reference.parse(address + "/app:1"), Credentials.NONE, (id, status, done, total) -> told.add(status));

        assertThat(there.images().get("app:1").id()).isEqualTo(image.id());
        assertThat(told).contains("Mounted from base", "Layer already exists");
        assertThat(asked).noneMatch(line -> line.contains("length=" + LAYER));
    }

    @Test
    void aMirrorIsAskedFirstAndTheRegistryItselfWhenItDoesNotServe() throws Exception {
        LocalImages mirrored = registries.store();
        Registries.image(mirrored, "team/app:1", 1, 1000);
        Image only = Registries.image(there, "only:1", 2, 1000);
        String mirror = served(mirrored, (request, next) -> {
            boolean isNamed =
                    request.path().equals("/v2/") || request.query().first("ns").isPresent();
            return isNamed
                    ? next.handle(Request.local(request.method(), request.path(), request.headers(), new byte[0]))
                    : Response.text(400, "no ns");
        });
        String origin = served((request, next) -> next.handle(request));
        DistributionClient mirroring = registries.client(
                here, ClientSettings.DEFAULT.withMirrors(Map.of(origin, List.of(URI.create("http://" + mirror)))));

        Image first = mirroring.pull(Reference.parse(origin + "/team/app:1"), Credentials.NONE, Progress.SILENT);
        Image second = mirroring.pull(Reference.parse(origin + "/only:1"), Credentials.NONE, Progress.SILENT);

        assertThat(first.id()).isEqualTo(mirrored.images().get("team/app:1").id());
        assertThat(second.id()).isEqualTo(only.id());
    }

    @Test
    void aMirrorThatSendsOtherBytesIsLeftForTheRegistryItself() throws Exception {
        Image image = Registries.image(there, "app:1", 1, 1000);
        String mirror = served((request, next) -> request.path().contains("/blobs/")
                ? new Response.Full(200, Headers.EMPTY, new byte[1000])
                : next.handle(Request.local(request.method(), request.path(), request.headers(), new byte[0])));
        String origin = served((request, next) -> next.handle(request));
        DistributionClient mirroring = registries.client(
                here, ClientSettings.DEFAULT.withMirrors(Map.of(origin, List.of(URI.create("http://" + mirror)))));

        assertThat(mirroring
                        .pull(Reference.parse(origin + "/app:1"), Credentials.NONE, Progress.SILENT)
                        .id())
                .isEqualTo(image.id());
    }

    @Test
    void whereARegistryKeepsNoReferrersATagDoes() throws Exception {
        String address = served((request, next) ->
                request.path().contains("/referrers/") ? Response.text(404, "") : withoutSubject(next.handle(request)));
        Image subject = Registries.image(here, address + "/app:1", 1, 1000);
        Digest signature = signature(address + "/app", subject.target());

        client.push(Reference.parse(address + "/app:1"), Credentials.NONE, Progress.SILENT);
        client.push(Reference.parse(address + "/app:sig"), Credentials.NONE, Progress.SILENT);
        client.push(Reference.parse(address + "/app:sig"), Credentials.NONE, Progress.SILENT);

        var found = client.referrers(
                Reference.parse(address + "/app@" + subject.target()),
                "application/vnd.example.signature",
                Credentials.NONE);
        assertThat(found).extracting(Descriptor::digest).containsExactly(signature);
        assertThat(there.images().tags("docker.io/library/app"))
                .contains("sha256-" + subject.target().hex());
    }

    @Test
    void whereARegistryKeepsReferrersItIsAsked() throws Exception {
        String address = served((request, next) -> next.handle(request));
        Image subject = Registries.image(here, address + "/app:1", 1, 1000);
        Digest signature = signature(address + "/app", subject.target());
        client.push(Reference.parse(address + "/app:1"), Credentials.NONE, Progress.SILENT);
        client.push(Reference.parse(address + "/app:sig"), Credentials.NONE, Progress.SILENT);
        Reference name = Reference.parse(address + "/app@" + subject.target());

        assertThat(client.referrers(name, "", Credentials.NONE))
                .extracting(Descriptor::digest)
                .containsExactly(signature);
        assertThat(client.referrers(name, "application/other", Credentials.NONE))
                .isEmpty();
        assertThat(there.images().tags("docker.io/library/app")).containsExactly("1", "sig");
    }

    @Test
    void aListOfReferrersThatComesInPagesIsReadToItsEnd() throws Exception {
        String entry = "{\"mediaType\":\"" + MediaTypes.OCI_MANIFEST + "\",\"size\":1,\"digest\":\"%s\"}";
        Digest first = Digest.sha256(new byte[] {1});
        Digest second = Digest.sha256(new byte[] {2});
        String address = registries.serve(request -> {
            boolean isFirst = request.query().first("page").isEmpty();
            String page = "{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.OCI_INDEX + "\",\"manifests\":["
                    + entry.formatted(isFirst ? first : second) + "]}";
            Headers headers = Headers.of("Content-Type", MediaTypes.OCI_INDEX);
            return new Response.Full(
                    200,
                    isFirst ? headers.with("Link", "<" + request.path() + "?page=2>; rel=\"next\"") : headers,
                    page.getBytes(StandardCharsets.UTF_8));
        });

        assertThat(client.referrers(Reference.parse(address + "/app@" + first), "", Credentials.NONE))
                .extracting(Descriptor::digest)
                .containsExactly(first, second);
    }

    private Digest signature(String repository, Digest subject) throws IOException {
        byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
        here.content().put(MediaTypes.OCI_CONFIG, config);
        var tree = Json.object()
                .put("schemaVersion", 2)
                .put("mediaType", MediaTypes.OCI_MANIFEST)
                .put("artifactType", "application/vnd.example.signature");
        tree.set(
                "config",
                Descriptor.of(MediaTypes.OCI_CONFIG, Digest.sha256(config), config.length)
                        .json());
        tree.putArray("layers");
        tree.set("subject", Descriptor.of(MediaTypes.OCI_MANIFEST, subject, 1).json());
        Digest digest =
                here.content().put(MediaTypes.OCI_MANIFEST, Json.bytes(tree)).digest();
        here.images().tag(Reference.parse(repository + ":sig"), digest);
        return digest;
    }

    private String served(Filter fault) throws IOException {
        return served(there, fault);
    }

    private String served(LocalImages images, Filter fault) throws IOException {
        Filter noted = (request, next) -> {
            asked.add(request.method() + " " + request.path() + " length="
                    + request.headers().first("Content-Length").orElse("") + " "
                    + request.headers().first("Content-Range").orElse("")
                    + request.headers().first("Range").orElse(""));
            return next.handle(request);
        };
        return registries.serve(noted.before(fault.before(new RegistryHandler(images))));
    }

    private static Response halfOf(Response whole) {
        var stream = (Response.Stream) whole;
        return new Response.Stream(stream.status(), stream.headers(), out -> {
            var some = new java.io.FilterOutputStream(out) {
                private int left = LAYER / 4;

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    if (left <= 0) {
                        throw new IOException("cut");
                    }
                    out.write(bytes, offset, Math.min(left, length));
                    out.flush();
                    left -= length;
                }
            };
            stream.body().writeTo(some);
        });
    }

    private static Response withoutSubject(Response response) {
        return response instanceof Response.Full full
                ? new Response.Full(full.status(), full.headers().without("OCI-Subject"), full.body())
                : response;
    }
}
