package dev.longshore.server;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.TlsIdentity;
import dev.longshore.server.pki.CertificateAuthority;
import dev.longshore.server.pki.CertificateRequest;
import dev.longshore.server.pki.Identity;
import dev.longshore.server.pki.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An admission webhook over TLS that answers by its path as a test says.
final class AdmissionHook implements AutoCloseable {

    private final CertificateAuthority authority =
            CertificateAuthority.create("hooks", Instant.now(), new SecureRandom());
    private final Map<String, Answering> answers = new ConcurrentHashMap<>();
    private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final HttpServer server;
    private final int port;

    AdmissionHook() throws IOException {
        Identity identity =
                authority.issue(CertificateRequest.server("hook", List.of("localhost", "127.0.0.1")), Instant.now());
        server = new HttpServer("hook", this::answer);
        port = server.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new HttpServer.Tls(() -> new TlsIdentity(identity.key(), identity.chain()), List.of()));
    }

    /// What came: the path and query, and the review.
    record Seen(String target, JsonNode review, Request request) {
        JsonNode asked() {
            return review.path("request");
        }
    }

    /// Answers a review.
    interface Answering {
        Response answer(ObjectNode review) throws IOException, InterruptedException;
    }

    /// Fills in the `response` of a review.
    interface Judging {
        void judge(JsonNode asked, ObjectNode response);
    }

    /// Answers `path` as it should be; allowed unless `judging` says otherwise.
    String on(String path, Judging judging) {
        return raw(path, review -> {
            ObjectNode answer = Json.object()
                    .put("kind", "AdmissionReview")
                    .put("apiVersion", review.path("apiVersion").asString());
            ObjectNode response = answer.putObject("response")
                    .put("uid", review.path("request").path("uid").asString())
                    .put("allowed", true);
            judging.judge(review.path("request"), response);
            return json(answer.toString());
        });
    }

    /// Answers `path` with a patch.
    String patching(String path, String patch) {
        return on(path, (asked, response) -> patch(response, patch));
    }

    static void patch(ObjectNode response, String patch) {
        response.put("patchType", "JSONPatch")
                .put(
                        "patch",
                        Base64.getEncoder()
                                .encodeToString(patch.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    /// Answers `path` anyhow.
    String raw(String path, Answering answering) {
        answers.put(path, answering);
        return path;
    }

    static Response json(String text) {
        return new Response.Full(
                200, Headers.of("Content-Type", "application/json"), text.getBytes(StandardCharsets.UTF_8));
    }

    /// Does not answer before the test is over.
    String hanging(String path) {
        return raw(path, review -> {
            closing.await(1, TimeUnit.MINUTES);
            return json("{}");
        });
    }

    private Response answer(Request request) throws IOException, InterruptedException {
        var review = (ObjectNode) Json.parse(request.body().readAllBytes());
        seen.add(new Seen(request.rawTarget(), review, request));
        return answers.get(request.path()).answer(review);
    }

    /// What came to `path`, in order.
    List<Seen> seen(String path) {
        return seen.stream().filter(one -> one.target.startsWith(path + "?")).toList();
    }

    void forget() {
        seen.clear();
    }

    int port() {
        return port;
    }

    /// A `clientConfig`.
    String client(String path) {
        String bundle = Base64.getEncoder()
                .encodeToString(Pem.of(authority.identity().chain()).getBytes(StandardCharsets.UTF_8));
        return "{'url':'https://localhost:" + port + path + "','caBundle':'" + bundle + "'}";
    }

    @Override
    public void close() {
        closing.countDown();
        server.close();
    }
}
