package dev.longshore.images.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.HttpServer;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.registry.access.Access;
import dev.longshore.images.registry.storage.LocalStorage;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The distribution specification, v1.1, end-point by end-point over real HTTP: a table in the order of the
/// specification's conformance categories (pull, push, content discovery, content management). Lines build on those
/// before them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceTest {

    private static final byte[] BLOB = "0123456789".getBytes(StandardCharsets.UTF_8);
    private static final byte[] LATER = "abcdefghijklmnopqrstuvwxyz".getBytes(StandardCharsets.UTF_8);
    private static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);
    private static final String UPLOAD = "/v2/[a-z/]+/blobs/uploads/[0-9a-f-]+";

    private final Map<String, byte[]> bodies = new TreeMap<>();
    private final Map<String, String> words = new TreeMap<>();
    private HttpServer server;
    private HttpClient client;
    private String address;

    @BeforeAll
    void serve(@TempDir Path root) throws Exception {
        var images = LocalImages.open(root, "amd64", Time.system());
        server = new HttpServer(
                "conformance",
                new RegistryHandler(storage(images), RegistryLimits.NONE, Access.OPEN, new Metrics(), Time.system()));
        address = "http://127.0.0.1:" + server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        client = HttpClient.newHttpClient();
        content("blob", BLOB);
        content("later", LATER);
        content("config", CONFIG);
        content("first", Arrays.copyOfRange(LATER, 0, 10));
        content("second", Arrays.copyOfRange(LATER, 10, 20));
        content("third", Arrays.copyOfRange(LATER, 20, 26));
        content("manifest", image("", List.of("blob"), ""));
        content("other", image("", List.of("blob", "later"), ""));
        content("signature", image("application/vnd.example.signature", List.of(), "manifest"));
        content("sbom", image("application/vnd.example.sbom", List.of(), "manifest"));
        content("early", image("application/vnd.example.sbom", List.of(), "absent"));
        content("broken", image("", List.of("absent"), ""));
        content("index", index("manifest"));
        content("huge", new byte[(4 << 20) + 1]);
        words.put(
                "absent",
                Digest.sha256("absent".getBytes(StandardCharsets.UTF_8)).toString());
        words.put("blob512", sha512(BLOB));
        words.put("manifest512", sha512(bodies.get("manifest")));
    }

    /// Where the registry's content lies.
    RegistryStorage storage(LocalImages images) {
        return new LocalStorage(images);
    }

    @AfterAll
    void close() {
        client.close();
        server.close();
    }

    private static List<RegistryCall> support() {
        String all = "support";
        return List.of(
                RegistryCall.of(all, "end-1", "the base says that the protocol is spoken", "GET", "/v2/", 200)
                        .answers("Docker-Distribution-Api-Version", "registry/2.0"),
                RegistryCall.of(all, "end-1", "also without its last slash", "GET", "/v2", 200),
                RegistryCall.of(all, "-", "other addresses are no registry's", "GET", "/v2/app/else", 404),
                RegistryCall.of(all, "-", "names are checked", "GET", "/v2/Upper/tags/list", 400)
                        .code("NAME_INVALID"),
                RegistryCall.of(all, "-", "digests are checked", "GET", "/v2/app/blobs/sha256:1", 400)
                        .code("DIGEST_INVALID"),
                RegistryCall.of(all, "-", "tags are checked", "GET", "/v2/app/manifests/.no", 400)
                        .code("TAG_INVALID"),
                RegistryCall.of(all, "-", "other methods are refused", "PUT", "/v2/app/tags/list", 405)
                        .code("UNSUPPORTED")
                        .answers("Allow", "GET, HEAD"),
                RegistryCall.of(all, "-", "blobs are not put", "PUT", "/v2/app/blobs/{blob}", 405)
                        .answers("Allow", "GET, HEAD, DELETE"));
    }

    private static List<RegistryCall> push() {
        String push = "push";
        return List.of(
                RegistryCall.of(push, "end-4a", "an upload begins", "POST", "/v2/app/blobs/uploads/", 202)
                        .answers("Location", UPLOAD)
                        .answers("Range", "0-0")
                        .answers("Docker-Upload-Uuid", "[0-9a-f-]{36}"),
                RegistryCall.of(push, "end-6", "and ends with all of the blob", "PUT", "{location}?digest={blob}", 201)
                        .sending("blob")
                        .answers("Location", "/v2/app/blobs/{blob}")
                        .answers("Docker-Content-Digest", "{blob}"),
                RegistryCall.of(push, "end-6", "a finished upload is gone", "PUT", "{location}?digest={blob}", 404)
                        .code("BLOB_UPLOAD_UNKNOWN"),
                RegistryCall.of(
                                push,
                                "end-4b",
                                "a blob arrives in one POST",
                                "POST",
                                "/v2/app/blobs/uploads/?digest={config}",
                                201)
                        .sending("config")
                        .answers("Location", "/v2/app/blobs/{config}"),
                RegistryCall.of(
                                push,
                                "end-4b",
                                "not with another digest",
                                "POST",
                                "/v2/app/blobs/uploads/?digest={absent}",
                                400)
                        .sending("blob")
                        .code("DIGEST_INVALID"),
                RegistryCall.of(push, "end-4b", "nor with none", "POST", "/v2/app/blobs/uploads/?digest=x", 400)
                        .code("DIGEST_INVALID"),
                RegistryCall.of(
                                push,
                                "end-4b",
                                "a blob may be named by its SHA-512",
                                "POST",
                                "/v2/app/blobs/uploads/?digest={blob512}",
                                201)
                        .sending("blob")
                        .answers("Docker-Content-Digest", "{blob512}"),
                RegistryCall.of(push, "end-4a", "a chunked upload begins", "POST", "/v2/app/blobs/uploads/", 202),
                RegistryCall.of(push, "end-5", "a chunk must be the next", "PATCH", "{location}", 416)
                        .with("Content-Range", "10-19")
                        .sending("second")
                        .code("RANGE_INVALID")
                        .answers("Location", UPLOAD)
                        .answers("Range", "0-0"),
                RegistryCall.of(push, "end-5", "the first chunk", "PATCH", "{location}", 202)
                        .with("Content-Range", "0-9")
                        .sending("first")
                        .answers("Range", "0-9")
                        .answers("Location", UPLOAD),
                RegistryCall.of(push, "end-13", "the upload says how far it is", "GET", "{location}", 204)
                        .answers("Range", "0-9")
                        .answers("Location", UPLOAD),
                RegistryCall.of(push, "end-5", "the same chunk is not taken twice", "PATCH", "{location}", 416)
                        .with("Content-Range", "0-9")
                        .sending("first"),
                RegistryCall.of(push, "end-5", "a range must be one", "PATCH", "{location}", 416)
                        .with("Content-Range", "ten to nineteen")
                        .sending("second"),
                RegistryCall.of(push, "end-5", "a range must be as long as the chunk", "PATCH", "{location}", 400)
                        .with("Content-Range", "10-14")
                        .sending("second")
                        .code("SIZE_INVALID"),
                RegistryCall.of(push, "end-5", "a chunk without a range is the next", "PATCH", "{location}", 202)
                        .sending("second")
                        .answers("Range", "0-19"),
                RegistryCall.of(push, "end-6", "no end without a digest", "PUT", "{location}", 400)
                        .code("DIGEST_INVALID"),
                RegistryCall.of(
                                push,
                                "end-6",
                                "the last chunk must be the next",
                                "PUT",
                                "{location}?digest={later}",
                                416)
                        .with("Content-Range", "0-5")
                        .sending("third"),
                RegistryCall.of(push, "end-6", "the last chunk ends it", "PUT", "{location}?digest={later}", 201)
                        .with("Content-Range", "20-25")
                        .sending("third")
                        .answers("Location", "/v2/app/blobs/{later}"),
                RegistryCall.of(push, "end-2", "what came in chunks is whole", "GET", "/v2/app/blobs/{later}", 200)
                        .answers("body", "abcdefghijklmnopqrstuvwxyz"),
                RegistryCall.of(
                        push, "end-4a", "an upload that is given up begins", "POST", "/v2/app/blobs/uploads/", 202),
                RegistryCall.of(push, "end-14", "it is given up", "DELETE", "{location}", 204),
                RegistryCall.of(push, "end-13", "and gone", "GET", "{location}", 404)
                        .code("BLOB_UPLOAD_UNKNOWN"),
                RegistryCall.of(
                        push, "end-4a", "an upload of other content begins", "POST", "/v2/app/blobs/uploads/", 202),
                RegistryCall.of(push, "end-6", "it does not end", "PUT", "{location}?digest={absent}", 400)
                        .sending("blob")
                        .code("DIGEST_INVALID"),
                RegistryCall.of(push, "end-2", "and leaves nothing", "HEAD", "/v2/app/blobs/{absent}", 404),
                RegistryCall.of(push, "end-13", "no upload has such an id", "GET", "/v2/app/blobs/uploads/..%2fx", 404),
                RegistryCall.of(
                                push,
                                "end-11",
                                "a blob of another repository is taken over",
                                "POST",
                                "/v2/team/app/blobs/uploads/?mount={blob}&from=app",
                                201)
                        .answers("Location", "/v2/team/app/blobs/{blob}"),
                RegistryCall.of(push, "end-2", "and is there", "HEAD", "/v2/team/app/blobs/{blob}", 200),
                RegistryCall.of(push, "end-2", "others are not", "HEAD", "/v2/team/app/blobs/{later}", 404),
                RegistryCall.of(
                                push,
                                "end-11",
                                "what is not there is uploaded",
                                "POST",
                                "/v2/team/app/blobs/uploads/?mount={absent}&from=app",
                                202)
                        .answers("Location", UPLOAD),
                RegistryCall.of(
                        push,
                        "end-11",
                        "what the source does not have is uploaded",
                        "POST",
                        "/v2/other/blobs/uploads/?mount={later}&from=team/app",
                        202),
                RegistryCall.of(push, "end-7", "a manifest needs its blobs", "PUT", "/v2/app/manifests/broken", 404)
                        .sending("broken")
                        .with("Content-Type", MediaTypes.OCI_MANIFEST)
                        .code("MANIFEST_BLOB_UNKNOWN"),
                RegistryCall.of(push, "end-7", "in its own repository", "PUT", "/v2/team/app/manifests/1", 404)
                        .sending("manifest")
                        .with("Content-Type", MediaTypes.OCI_MANIFEST)
                        .code("MANIFEST_BLOB_UNKNOWN"),
                RegistryCall.of(push, "end-7", "a manifest gets a tag", "PUT", "/v2/app/manifests/v1", 201)
                        .sending("manifest")
                        .with("Content-Type", MediaTypes.OCI_MANIFEST)
                        .answers("Location", "/v2/app/manifests/{manifest}")
                        .answers("Docker-Content-Digest", "{manifest}"),
                RegistryCall.of(push, "end-7", "a second one", "PUT", "/v2/app/manifests/v2", 201)
                        .sending("manifest"),
                RegistryCall.of(push, "end-7", "another comes by digest", "PUT", "/v2/app/manifests/{other}", 201)
                        .sending("other"),
                RegistryCall.of(push, "end-7", "not by a wrong one", "PUT", "/v2/app/manifests/{absent}", 400)
                        .sending("other")
                        .code("DIGEST_INVALID"),
                RegistryCall.of(push, "end-7", "by its SHA-512", "PUT", "/v2/app/manifests/{manifest512}", 201)
                        .sending("manifest")
                        .answers("Docker-Content-Digest", "{manifest512}"),
                RegistryCall.of(push, "end-7", "an index gets a tag", "PUT", "/v2/app/manifests/all", 201)
                        .sending("index")
                        .with("Content-Type", MediaTypes.OCI_INDEX),
                RegistryCall.of(push, "end-7", "no manifest, no tag", "PUT", "/v2/app/manifests/v3", 400)
                        .sending("blob")
                        .code("MANIFEST_INVALID"),
                RegistryCall.of(push, "end-7", "Content-Type and mediaType agree", "PUT", "/v2/app/manifests/v3", 400)
                        .sending("manifest")
                        .with("Content-Type", MediaTypes.DOCKER_MANIFEST)
                        .code("MANIFEST_INVALID"),
                RegistryCall.of(push, "end-7", "a manifest has its bounds", "PUT", "/v2/app/manifests/huge", 413)
                        .sending("huge")
                        .code("SIZE_INVALID"));
    }

    private static List<RegistryCall> pull() {
        String pull = "pull";
        return List.of(
                RegistryCall.of(pull, "end-2", "a blob is there", "HEAD", "/v2/app/blobs/{blob}", 200)
                        .answers("Content-Length", "10")
                        .answers("Docker-Content-Digest", "{blob}")
                        .answers("Accept-Ranges", "bytes"),
                RegistryCall.of(pull, "end-2", "and is sent", "GET", "/v2/app/blobs/{blob}", 200)
                        .answers("body", "0123456789")
                        .answers("Etag", "\"{blob}\"")
                        .answers("Content-Type", "application/octet-stream"),
                RegistryCall.of(pull, "end-2", "by its SHA-512, too", "GET", "/v2/app/blobs/{blob512}", 200)
                        .answers("body", "0123456789"),
                RegistryCall.of(pull, "end-2", "not if the client has it", "GET", "/v2/app/blobs/{blob}", 304)
                        .with("If-None-Match", "\"{blob}\""),
                RegistryCall.of(pull, "end-2", "a part of it", "GET", "/v2/app/blobs/{blob}", 206)
                        .with("Range", "bytes=2-4")
                        .answers("body", "234")
                        .answers("Content-Length", "3")
                        .answers("Content-Range", "bytes 2-4/10"),
                RegistryCall.of(pull, "end-2", "the rest of it", "GET", "/v2/app/blobs/{blob}", 206)
                        .with("Range", "bytes=8-")
                        .answers("body", "89"),
                RegistryCall.of(pull, "end-2", "its end", "GET", "/v2/app/blobs/{blob}", 206)
                        .with("Range", "bytes=-3")
                        .answers("body", "789"),
                RegistryCall.of(pull, "end-2", "nothing behind its end", "GET", "/v2/app/blobs/{blob}", 416)
                        .with("Range", "bytes=10-")
                        .answers("Content-Range", "bytes \\*/10"),
                RegistryCall.of(pull, "end-2", "the whole if it is another now", "GET", "/v2/app/blobs/{blob}", 200)
                        .with("Range", "bytes=2-4")
                        .with("If-Range", "\"{absent}\"")
                        .answers("body", "0123456789"),
                RegistryCall.of(pull, "end-2", "one that is not there", "GET", "/v2/app/blobs/{absent}", 404)
                        .answers("body", ".*\"code\":\"BLOB_UNKNOWN\".*\"detail\":\"{absent}\".*"),
                RegistryCall.of(pull, "end-2", "nor asked for", "HEAD", "/v2/app/blobs/{absent}", 404),
                RegistryCall.of(pull, "end-3", "a manifest is there", "HEAD", "/v2/app/manifests/v1", 200)
                        .answers("Docker-Content-Digest", "{manifest}")
                        .answers("Content-Type", Pattern.quote(MediaTypes.OCI_MANIFEST))
                        .answers("Content-Length", "[0-9]+"),
                RegistryCall.of(pull, "end-3", "and is sent by tag", "GET", "/v2/app/manifests/v1", 200)
                        .with("Accept", MediaTypes.OCI_MANIFEST)
                        .answers("Docker-Content-Digest", "{manifest}")
                        .answers("Etag", "\"{manifest}\""),
                RegistryCall.of(pull, "end-3", "by digest", "GET", "/v2/app/manifests/{manifest}", 200)
                        .with("Accept", MediaTypes.DOCKER_MANIFEST + ", " + MediaTypes.OCI_MANIFEST),
                RegistryCall.of(pull, "end-3", "by SHA-512", "GET", "/v2/app/manifests/{manifest512}", 200)
                        .answers("Docker-Content-Digest", "{manifest512}"),
                RegistryCall.of(pull, "end-3", "not if the client has it", "GET", "/v2/app/manifests/v1", 304)
                        .with("If-None-Match", "\"{manifest}\""),
                RegistryCall.of(pull, "end-3", "not to who cannot read it", "GET", "/v2/app/manifests/v1", 404)
                        .with("Accept", MediaTypes.DOCKER_MANIFEST)
                        .code("MANIFEST_UNKNOWN"),
                RegistryCall.of(pull, "end-3", "the index to who can read it", "GET", "/v2/app/manifests/all", 200)
                        .with("Accept", MediaTypes.OCI_INDEX)
                        .answers("Docker-Content-Digest", "{index}"),
                RegistryCall.of(pull, "end-3", "else its usual image", "GET", "/v2/app/manifests/all", 200)
                        .with("Accept", MediaTypes.OCI_MANIFEST)
                        .answers("Docker-Content-Digest", "{manifest}"),
                RegistryCall.of(pull, "end-3", "a tag that is not there", "GET", "/v2/app/manifests/v9", 404)
                        .answers("body", ".*\"code\":\"MANIFEST_UNKNOWN\".*\"detail\":\"unknown tag=v9\".*"),
                RegistryCall.of(pull, "end-3", "a digest that is not there", "HEAD", "/v2/app/manifests/{absent}", 404),
                RegistryCall.of(
                                pull,
                                "end-3",
                                "a manifest of another repository",
                                "GET",
                                "/v2/team/app/manifests/{manifest}",
                                404)
                        .code("MANIFEST_UNKNOWN"));
    }

    private static List<RegistryCall> discovery() {
        String find = "content discovery";
        return List.of(
                RegistryCall.of(find, "end-8a", "all tags, sorted", "GET", "/v2/app/tags/list", 200)
                        .answers("body", Pattern.quote("{\"name\":\"app\",\"tags\":[\"all\",\"v1\",\"v2\"]}")),
                RegistryCall.of(find, "end-8b", "so many", "GET", "/v2/app/tags/list?n=2", 200)
                        .answers("body", ".*" + Pattern.quote("[\"all\",\"v1\"]") + ".*")
                        .answers("Link", "</v2/app/tags/list\\?last=v1&n=2>; rel=\"next\""),
                RegistryCall.of(find, "end-8b", "the others", "GET", "/v2/app/tags/list?last=v1&n=2", 200)
                        .answers("body", ".*" + Pattern.quote("[\"v2\"]") + ".*")
                        .answers("Link", "none"),
                RegistryCall.of(
                                find,
                                "end-8b",
                                "those behind one that is no tag",
                                "GET",
                                "/v2/app/tags/list?last=b",
                                200)
                        .answers("body", ".*" + Pattern.quote("[\"v1\",\"v2\"]") + ".*"),
                RegistryCall.of(find, "end-8b", "none", "GET", "/v2/app/tags/list?n=0", 200)
                        .answers("body", ".*" + Pattern.quote("\"tags\":[]") + ".*")
                        .answers("Link", "none"),
                RegistryCall.of(find, "end-8b", "a number must be one", "GET", "/v2/app/tags/list?n=-1", 400)
                        .answers("body", ".*PAGINATION_NUMBER_INVALID.*\"n\":\"-1\".*"),
                RegistryCall.of(find, "end-8a", "no repository, no tags", "GET", "/v2/none/tags/list", 404)
                        .answers("body", ".*\"code\":\"NAME_UNKNOWN\".*\"name\":\"none\".*"),
                RegistryCall.of(find, "catalog", "all repositories", "GET", "/v2/_catalog", 200)
                        .answers("body", Pattern.quote("{\"repositories\":[\"app\"]}")),
                RegistryCall.of(find, "end-12a", "nothing is about it yet", "GET", "/v2/app/referrers/{manifest}", 200)
                        .answers("Content-Type", Pattern.quote(MediaTypes.OCI_INDEX))
                        .answers("body", ".*" + Pattern.quote("\"manifests\":[]") + ".*"),
                RegistryCall.of(find, "end-7", "a signature comes", "PUT", "/v2/app/manifests/{signature}", 201)
                        .sending("signature")
                        .answers("OCI-Subject", "{manifest}"),
                RegistryCall.of(find, "end-7", "an SBOM comes", "PUT", "/v2/app/manifests/sbom", 201)
                        .sending("sbom")
                        .answers("OCI-Subject", "{manifest}"),
                RegistryCall.of(find, "end-7", "one comes before its subject", "PUT", "/v2/app/manifests/{early}", 201)
                        .sending("early")
                        .answers("OCI-Subject", "{absent}"),
                RegistryCall.of(find, "end-12a", "both are about it", "GET", "/v2/app/referrers/{manifest}", 200)
                        .answers("body", "(?=.*{signature})(?=.*{sbom}).*\"annotations\":\\{\"a\":\"b\"}.*")
                        .answers("OCI-Filters-Applied", "none"),
                RegistryCall.of(
                                find,
                                "end-12a",
                                "who comes early counts, too",
                                "GET",
                                "/v2/app/referrers/{absent}",
                                200)
                        .answers("body", ".*{early}.*"),
                RegistryCall.of(
                                find,
                                "end-12b",
                                "one kind only",
                                "GET",
                                "/v2/app/referrers/{manifest}?artifactType=application/vnd.example.sbom",
                                200)
                        .answers(
                                "body",
                                "(?=.*{sbom})(?!.*{signature}).*\"artifactType\":\"application/vnd.example.sbom\".*")
                        .answers("OCI-Filters-Applied", "artifactType"),
                RegistryCall.of(
                                find,
                                "end-12a",
                                "in this repository only",
                                "GET",
                                "/v2/team/app/referrers/{manifest}",
                                200)
                        .answers("body", ".*" + Pattern.quote("\"manifests\":[]") + ".*"),
                RegistryCall.of(find, "end-12a", "a digest must be one", "GET", "/v2/app/referrers/x", 400)
                        .code("DIGEST_INVALID"));
    }

    private static List<RegistryCall> management() {
        String all = "content management";
        return List.of(
                RegistryCall.of(
                                all,
                                "end-10",
                                "a blob that a manifest needs stays",
                                "DELETE",
                                "/v2/app/blobs/{blob}",
                                405)
                        .code("UNSUPPORTED"),
                RegistryCall.of(all, "end-9", "a tag goes", "DELETE", "/v2/app/manifests/v1", 202),
                RegistryCall.of(all, "end-3", "and is gone", "GET", "/v2/app/manifests/v1", 404),
                RegistryCall.of(all, "end-3", "its sibling is not", "GET", "/v2/app/manifests/v2", 200),
                RegistryCall.of(all, "end-9", "no tag goes twice", "DELETE", "/v2/app/manifests/v1", 404)
                        .code("MANIFEST_UNKNOWN"),
                RegistryCall.of(all, "end-9", "the last tag goes", "DELETE", "/v2/app/manifests/v2", 202),
                RegistryCall.of(all, "end-3", "the manifest stays", "GET", "/v2/app/manifests/{manifest}", 200),
                RegistryCall.of(all, "end-9", "not without its index", "DELETE", "/v2/app/manifests/{absent}", 404),
                RegistryCall.of(
                        all, "end-9", "the index goes with its tag", "DELETE", "/v2/app/manifests/{index}", 202),
                RegistryCall.of(all, "end-3", "its tag is gone", "GET", "/v2/app/manifests/all", 404),
                RegistryCall.of(
                        all, "end-9", "a manifest goes by SHA-512", "DELETE", "/v2/app/manifests/{manifest512}", 202),
                RegistryCall.of(
                        all, "end-9", "one that is not there", "DELETE", "/v2/app/manifests/{manifest512}", 404),
                RegistryCall.of(all, "end-9", "a manifest goes", "DELETE", "/v2/app/manifests/{other}", 202),
                RegistryCall.of(all, "end-10", "a blob that nobody needs goes", "DELETE", "/v2/app/blobs/{later}", 202),
                RegistryCall.of(all, "end-2", "and is gone", "GET", "/v2/app/blobs/{later}", 404),
                RegistryCall.of(all, "end-10", "not twice", "DELETE", "/v2/app/blobs/{later}", 404)
                        .code("BLOB_UNKNOWN"));
    }

    static Stream<RegistryCall> table() {
        return Stream.of(support(), push(), pull(), discovery(), management()).flatMap(List::stream);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void theSpecificationIsFollowed(RegistryCall call) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(address + filled(call.target())));
        call.headers().forEach((name, value) -> request.header(name, filled(value)));
        byte[] body = call.body().isEmpty() ? new byte[0] : bodies.get(call.body());
        request.method(
                call.method(),
                body.length == 0 ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));

        HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());

        String text = new String(answer.body(), StandardCharsets.UTF_8);
        assertThat(answer.statusCode()).as(text).isEqualTo(call.status());
        answer.headers()
                .firstValue("Location")
                .filter(to -> to.contains("/uploads/"))
                .ifPresent(location -> words.put("location", location));
        for (RegistryCall.Expected expected : call.expected()) {
            String actual = expected.what().equals("body")
                    ? text
                    : answer.headers().firstValue(expected.what()).orElse("none");
            assertThat(actual).as(expected.what()).matches(Pattern.compile(filled(expected.pattern()), Pattern.DOTALL));
        }
        if (call.method().equals("GET") && answer.statusCode() == 200) {
            answer.headers().firstValue("Docker-Content-Digest").ifPresent(digest -> {
                String algorithm = Digest.parse(digest).algorithm();
                assertThat(Digest.of(algorithm, Digest.hasher(algorithm).digest(answer.body())))
                        .hasToString(digest);
            });
        }
        if (answer.statusCode() >= 400
                && call.target().startsWith("/v2/app/")
                && !text.isEmpty()
                && text.startsWith("{")) {
            assertThat(Json.parse(answer.body())
                            .path("errors")
                            .path(0)
                            .path("message")
                            .asString(""))
                    .isNotEmpty();
        }
    }

    private void content(String name, byte[] bytes) {
        bodies.put(name, bytes);
        words.put(name, Digest.sha256(bytes).toString());
    }

    private String filled(String text) {
        String filled = text;
        for (Map.Entry<String, String> word : words.entrySet()) {
            filled = filled.replace("{" + word.getKey() + "}", word.getValue());
        }
        return filled;
    }

    private byte[] image(String artifactType, List<String> layers, String subject) {
        var tree = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_MANIFEST);
        if (!artifactType.isEmpty()) {
            tree.put("artifactType", artifactType);
        }
        tree.putObject("config")
                .put("mediaType", MediaTypes.OCI_CONFIG)
                .put("digest", Digest.sha256(CONFIG).toString())
                .put("size", CONFIG.length);
        var array = tree.putArray("layers");
        for (String layer : layers) {
            byte[] bytes = bodies.getOrDefault(layer, layer.getBytes(StandardCharsets.UTF_8));
            array.addObject()
                    .put("mediaType", MediaTypes.OCI_LAYER)
                    .put("digest", Digest.sha256(bytes).toString())
                    .put("size", bytes.length);
        }
        if (!subject.isEmpty()) {
            byte[] bytes = bodies.getOrDefault(subject, subject.getBytes(StandardCharsets.UTF_8));
            tree.putObject("subject")
                    .put("mediaType", MediaTypes.OCI_MANIFEST)
                    .put("digest", Digest.sha256(bytes).toString())
                    .put("size", bytes.length);
            tree.putObject("annotations").put("a", "b");
        }
        return Json.bytes(tree);
    }

    private byte[] index(String image) {
        var tree = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        var entry = tree.putArray("manifests")
                .addObject()
                .put("mediaType", MediaTypes.OCI_MANIFEST)
                .put("digest", Digest.sha256(bodies.get(image)).toString())
                .put("size", bodies.get(image).length);
        entry.putObject("platform").put("architecture", "amd64").put("os", "linux");
        return Json.bytes(tree);
    }

    private static String sha512(byte[] bytes) {
        return Digest.of("sha512", Digest.hasher("sha512").digest(bytes)).toString();
    }
}
