package dev.longshore.images.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Platform;
import dev.longshore.images.registry.access.Access;
import dev.longshore.images.registry.storage.LocalStorage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryHandlerTest {

    private static final byte[] BLOB = "0123456789".getBytes(StandardCharsets.UTF_8);
    private static final Digest DIGEST = Digest.sha256(BLOB);

    @TempDir
    Path root;

    private LocalImages images;
    private RegistryHandler registry;

    private record Answer(int status, Headers headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        String code() {
            return Json.parse(body).path("errors").path(0).path("code").asString("");
        }
    }

    @BeforeEach
    void open() throws Exception {
        images = LocalImages.open(root, "amd64", Time.system());
        registry = new RegistryHandler(images);
    }

    @Test
    void aBlobArrivesInOnePiece() throws Exception {
        Answer put = ask("POST", "/v2/team/app/blobs/uploads/?digest=" + DIGEST, BLOB);

        assertThat(put.status()).isEqualTo(201);
        assertThat(put.headers().first("Location")).contains("/v2/team/app/blobs/" + DIGEST);
        assertThat(ask("GET", "/v2/team/app/blobs/" + DIGEST).body()).isEqualTo(BLOB);
        assertThat(ask("HEAD", "/v2/team/app/blobs/" + DIGEST).headers().first("Content-Length"))
                .contains("10");
    }

    @Test
    void aBlobArrivesInPiecesAndAnInterruptedUploadGoesOn() throws Exception {
        Answer begun = ask("POST", "/v2/app/blobs/uploads/");
        String location = begun.headers().first("Location").orElseThrow();
        Answer first = ask("PATCH", location, bytes("01234"), "Content-Range", "0-4");
        assertThat(first.status()).isEqualTo(202);
        assertThat(first.headers().first("Range")).contains("0-4");
        assertThat(ask("PATCH", location, bytes("89"), "Content-Range", "8-9").status())
                .isEqualTo(416);

        registry = new RegistryHandler(LocalImages.open(root, "amd64", Time.system()));
        Answer where = ask("GET", location);
        assertThat(where.status()).isEqualTo(204);
        assertThat(where.headers().first("Range")).contains("0-4");
        assertThat(ask("PATCH", location, bytes("567"), "Content-Range", "5-7").status())
                .isEqualTo(202);

        assertThat(ask("PUT", location + "?digest=" + DIGEST, bytes("89")).status())
                .isEqualTo(201);
        assertThat(ask("GET", "/v2/app/blobs/" + DIGEST).body()).isEqualTo(BLOB);
        assertThat(ask("GET", location).code()).isEqualTo("BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void aPushGoesOnAfterTheProcessHasEnded() throws Exception {
        ask("POST", "/v2/app/blobs/uploads/?digest=" + DIGEST, BLOB);
        String location = ask("POST", "/v2/app/blobs/uploads/")
                .headers()
                .first("Location")
                .orElseThrow();
        byte[] config = ImageConfig.empty(Platform.linux("amd64")).bytes();
        int half = config.length / 2;
        ask("PATCH", location, Arrays.copyOf(config, half), "Content-Range", "0-" + (half - 1));

        LocalImages again = LocalImages.open(root, "amd64", Time.system());
        var storage = new LocalStorage(again);
        storage.start();
        registry = new RegistryHandler(storage, RegistryLimits.NONE, Access.OPEN, new Metrics(), Time.system());
        again.collector().collect();

        assertThat(ask("HEAD", "/v2/app/blobs/" + DIGEST).status()).isEqualTo(200);
        assertThat(ask("HEAD", "/v2/other/blobs/" + DIGEST).status()).isEqualTo(404);
        byte[] rest = Arrays.copyOfRange(config, half, config.length);
        assertThat(ask("PUT", location + "?digest=" + Digest.sha256(config), rest)
                        .status())
                .isEqualTo(201);
        assertThat(ask("PUT", "/v2/app/manifests/1", manifest(config, DIGEST)).status())
                .isEqualTo(201);
    }

    @Test
    void anUploadIsKnownOnlyWhereItBegan() throws Exception {
        String location = ask("POST", "/v2/app/blobs/uploads/")
                .headers()
                .first("Location")
                .orElseThrow();
        String elsewhere = location.replace("/v2/app/", "/v2/other/");

        assertThat(ask("GET", elsewhere).code()).isEqualTo("BLOB_UPLOAD_UNKNOWN");
        assertThat(ask("PATCH", elsewhere, BLOB).status()).isEqualTo(404);
        assertThat(ask("PUT", elsewhere + "?digest=" + DIGEST, BLOB).status()).isEqualTo(404);
        assertThat(ask("DELETE", elsewhere).status()).isEqualTo(404);
        assertThat(ask("DELETE", location).status()).isEqualTo(204);
    }

    @Test
    void aWrongDigestIsRefusedAndNothingIsKept() throws Exception {
        Digest other = Digest.sha256(new byte[0]);

        Answer put = ask("POST", "/v2/app/blobs/uploads/?digest=" + other, BLOB);

        assertThat(put.status()).isEqualTo(400);
        assertThat(put.code()).isEqualTo("DIGEST_INVALID");
        assertThat(ask("HEAD", "/v2/app/blobs/" + other).status()).isEqualTo(404);
        assertThat(root.resolve("uploads")).isEmptyDirectory();
    }

    @Test
    void partsOfABlobCanBeAskedFor() throws Exception {
        ask("POST", "/v2/app/blobs/uploads/?digest=" + DIGEST, BLOB);
        String path = "/v2/app/blobs/" + DIGEST;

        Answer middle = ask("GET", path, new byte[0], "Range", "bytes=2-4");
        assertThat(middle.status()).isEqualTo(206);
        assertThat(middle.text()).isEqualTo("234");
        assertThat(middle.headers().first("Content-Range")).contains("bytes 2-4/10");
        assertThat(ask("GET", path, new byte[0], "Range", "bytes=8-").text()).isEqualTo("89");
        assertThat(ask("GET", path, new byte[0], "Range", "bytes=-3").text()).isEqualTo("789");
        assertThat(ask("GET", path, new byte[0], "Range", "bytes=10-").status()).isEqualTo(416);
    }

    @Test
    void anImageIsPushedListedPulledAndDeleted() throws Exception {
        byte[] manifest = pushImage("hello");

        Answer put = ask("PUT", "/v2/hello/manifests/1", manifest, "Content-Type", MediaTypes.OCI_MANIFEST);

        assertThat(put.status()).isEqualTo(201);
        assertThat(put.headers().first("Docker-Content-Digest"))
                .contains(Digest.sha256(manifest).toString());
        Answer got = ask("GET", "/v2/hello/manifests/1");
        assertThat(got.body()).isEqualTo(manifest);
        assertThat(got.headers().first("Content-Type")).contains(MediaTypes.OCI_MANIFEST);
        assertThat(images.images().get("hello:1").manifestDigest()).isEqualTo(Digest.sha256(manifest));
        assertThat(ask("GET", "/v2/hello/tags/list").text()).isEqualTo("{\"name\":\"hello\",\"tags\":[\"1\"]}");
        assertThat(ask("GET", "/v2/_catalog").text()).isEqualTo("{\"repositories\":[\"hello\"]}");

        assertThat(ask("DELETE", "/v2/hello/manifests/" + Digest.sha256(manifest))
                        .status())
                .isEqualTo(202);
        assertThat(ask("GET", "/v2/hello/manifests/1").code()).isEqualTo("MANIFEST_UNKNOWN");
        assertThat(ask("GET", "/v2/hello/tags/list").code()).isEqualTo("NAME_UNKNOWN");
    }

    @Test
    void aManifestWithoutItsBlobsIsRefused() throws Exception {
        byte[] config = ImageConfig.empty(Platform.linux("amd64")).bytes();
        byte[] manifest = manifest(config, DIGEST);

        Answer put = ask("PUT", "/v2/hello/manifests/1", manifest);

        assertThat(put.status()).isEqualTo(404);
        assertThat(put.code()).isEqualTo("MANIFEST_BLOB_UNKNOWN");
        assertThat(ask("PUT", "/v2/hello/manifests/1", bytes("{}")).code()).isEqualTo("MANIFEST_INVALID");
        assertThat(ask("PUT", "/v2/hello/manifests/1", bytes("junk")).code()).isEqualTo("MANIFEST_INVALID");
    }

    @Test
    void everyBlobThatIsMissingIsNamed() throws Exception {
        byte[] config = ImageConfig.empty(Platform.linux("amd64")).bytes();

        Answer put = ask("PUT", "/v2/hello/manifests/1", manifest(config, DIGEST));

        assertThat(Json.parse(put.body()).path("errors"))
                .extracting(error -> error.path("detail").asString(""))
                .containsExactly(Digest.sha256(config).toString(), DIGEST.toString());
    }

    @Test
    void theOldManifestsOfDockerAreRefused() throws Exception {
        byte[] old = bytes("{\"schemaVersion\":1,\"name\":\"hello\",\"tag\":\"1\",\"fsLayers\":[],\"history\":[]}");

        Answer put = ask(
                "PUT",
                "/v2/hello/manifests/1",
                old,
                "Content-Type",
                "application/vnd.docker.distribution.manifest.v1+prettyjws");

        assertThat(put.status()).isEqualTo(400);
        assertThat(put.code()).isEqualTo("MANIFEST_INVALID");
    }

    @Test
    void whatIsPushedByDigestMayBeTaggedAtOnce() throws Exception {
        byte[] manifest = pushImage("hello");
        String path = "/v2/hello/manifests/" + Digest.sha256(manifest);

        Answer put = ask("PUT", path + "?tag=1&tag=1.0", manifest);

        assertThat(put.status()).isEqualTo(201);
        assertThat(put.headers().all("OCI-Tag")).containsExactly("1", "1.0");
        assertThat(ask("GET", "/v2/hello/tags/list").text()).contains("[\"1\",\"1.0\"]");
        assertThat(ask("PUT", path + "?tag=.no", manifest).code()).isEqualTo("TAG_INVALID");
    }

    @Test
    void somebodyIsThere() throws Exception {
        assertThat(ask("GET", "/").status()).isEqualTo(200);
        assertThat(ask("HEAD", "/").status()).isEqualTo(200);
        assertThat(ask("GET", "/else").status()).isEqualTo(404);
    }

    @Test
    void whatIsBeingPushedOutlivesACollection() throws Exception {
        byte[] manifest = pushImage("hello");

        images.collector().collect();

        assertThat(ask("PUT", "/v2/hello/manifests/1", manifest).status()).isEqualTo(201);
        images.collector().collect();
        assertThat(ask("GET", "/v2/hello/blobs/" + DIGEST).status()).isEqualTo(200);
    }

    @Test
    void tagsComeInPages() throws Exception {
        byte[] manifest = pushImage("app");
        for (String tag : new String[] {"a", "b", "c"}) {
            ask("PUT", "/v2/app/manifests/" + tag, manifest);
        }

        Answer first = ask("GET", "/v2/app/tags/list?n=2");

        assertThat(first.text()).contains("[\"a\",\"b\"]");
        assertThat(first.headers().first("Link")).contains("</v2/app/tags/list?last=b&n=2>; rel=\"next\"");
        assertThat(ask("GET", "/v2/app/tags/list?n=2&last=b").text()).contains("[\"c\"]");
    }

    @Test
    void aBlobThatIsHereIsMountedWithoutBeingSent() throws Exception {
        ask("POST", "/v2/app/blobs/uploads/?digest=" + DIGEST, BLOB);

        assertThat(ask("POST", "/v2/other/blobs/uploads/?mount=" + DIGEST + "&from=app")
                        .status())
                .isEqualTo(201);
        assertThat(ask("POST", "/v2/third/blobs/uploads/?mount=" + DIGEST).status())
                .isEqualTo(201);
        assertThat(ask("POST", "/v2/other/blobs/uploads/?mount=" + Digest.sha256(new byte[0]) + "&from=app")
                        .status())
                .isEqualTo(202);
    }

    @Test
    void namesThatAreNoneAreRefused() throws Exception {
        assertThat(ask("GET", "/v2/Upper/tags/list").code()).isEqualTo("NAME_INVALID");
        assertThat(ask("GET", "/v2/app/blobs/sha256:1").code()).isEqualTo("DIGEST_INVALID");
        assertThat(ask("GET", "/v2/app/blobs/uploads/../../../etc/passwd").status())
                .isBetween(400, 499);
        assertThat(ask("GET", "/v2/").status()).isEqualTo(200);
    }

    private byte[] pushImage(String repository) throws Exception {
        var empty = ImageConfig.empty(Platform.linux("amd64"));
        byte[] config = new ImageConfig(
                        empty.platform(),
                        empty.created(),
                        "",
                        empty.run(),
                        java.util.List.of(DIGEST),
                        java.util.List.of())
                .bytes();
        ask("POST", "/v2/" + repository + "/blobs/uploads/?digest=" + DIGEST, BLOB);
        ask("POST", "/v2/" + repository + "/blobs/uploads/?digest=" + Digest.sha256(config), config);
        return manifest(config, DIGEST);
    }

    private static byte[] manifest(byte[] config, Digest layer) {
        var tree = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_MANIFEST);
        tree.putObject("config")
                .put("mediaType", MediaTypes.OCI_CONFIG)
                .put("digest", Digest.sha256(config).toString())
                .put("size", config.length);
        tree.putArray("layers")
                .addObject()
                .put("mediaType", MediaTypes.OCI_LAYER)
                .put("digest", layer.toString())
                .put("size", BLOB.length);
        return Json.bytes(tree);
    }

    private Answer ask(String method, String target) throws Exception {
        return ask(method, target, new byte[0]);
    }

    private Answer ask(String method, String target, byte[] body, String... headers) throws Exception {
        Response response = registry.handle(Request.local(method, target, Headers.of(headers), body));
        return switch (response) {
            case Response.Full full -> new Answer(full.status(), full.headers(), full.body());
            case Response.Stream stream -> {
                var out = new ByteArrayOutputStream();
                stream.body().writeTo(out);
                yield new Answer(stream.status(), stream.headers(), out.toByteArray());
            }
            default -> throw new AssertionError("a registry upgrades nothing");
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
