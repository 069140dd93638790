package dev.longshore.journeys;

import dev.longshore.base.Json;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpServer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.TlsIdentity;
import dev.longshore.server.pki.CertificateAuthority;
import dev.longshore.server.pki.CertificateRequest;
import dev.longshore.server.pki.Identity;
import dev.longshore.server.pki.Pem;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import tools.jackson.databind.JsonNode;

/// Somebody else's API server: it listens with TLS, knows the front proxy by what the cluster's ConfigMap says, and
/// refuses everybody else. What it answers is a test's affair.
final class ExtensionServer implements AutoCloseable {

    private final CertificateAuthority authority =
            CertificateAuthority.create("extension-ca", Instant.now(), new SecureRandom());
    private final Queue<Request> seen = new ConcurrentLinkedQueue<>();
    private final Map<String, Handler> answers = new ConcurrentHashMap<>();
    private final List<String> allowedNames;
    private final HttpServer server = new HttpServer("extension", this::answer);
    private final int port;

    /// Listens on every address of this machine.
    ///
    /// @param name of the Service, as `NAME.NAMESPACE.svc`, for its certificate
    ExtensionServer(KubernetesClient client, String name) {
        ConfigMap known = client.configMaps()
                .inNamespace("kube-system")
                .withName("extension-apiserver-authentication")
                .get();
        allowedNames = Json.parse(known.getData().get("requestheader-allowed-names"))
                .valueStream()
                .map(JsonNode::asString)
                .toList();
        Identity identity = authority.issue(CertificateRequest.server(name, List.of(name)), Instant.now());
        var tls = new HttpServer.Tls(
                () -> new TlsIdentity(identity.key(), identity.chain()),
                List.of(certificate(known.getData().get("requestheader-client-ca-file"))));
        try {
            port = server.listen(new InetSocketAddress((InetAddress) null, 0), tls);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static X509Certificate certificate(String pem) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException broken) {
            throw new AssertionError(broken);
        }
    }

    int port() {
        return port;
    }

    /// Who vouches for it, as an APIService says it.
    String caBundle() {
        return Base64.getEncoder()
                .encodeToString(Pem.of(authority.identity().chain()).getBytes(StandardCharsets.US_ASCII));
    }

    /// Answers what begins with `path` by `handler`; the longest path decides.
    ExtensionServer on(String path, Handler handler) {
        answers.put(path, handler);
        return this;
    }

    /// Answers `path` with a document.
    ExtensionServer on(String path, String json) {
        byte[] body = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return on(path, request -> Response.json(200, body));
    }

    /// What came from the front proxy so far.
    List<Request> seen() {
        return List.copyOf(seen);
    }

    /// The last request whose path begins with `path`.
    Request last(String path) {
        return seen().reversed().stream()
                .filter(request -> request.path().startsWith(path))
                .findFirst()
                .orElseThrow();
    }

    private Response answer(Request request) throws IOException, InterruptedException {
        List<X509Certificate> shown = request.peer().certificates();
        boolean isProxy = !shown.isEmpty()
                && allowedNames.stream()
                        .anyMatch(name -> shown.getFirst()
                                .getSubjectX500Principal()
                                .getName()
                                .equals("CN=" + name));
        if (!isProxy) {
            return Response.text(401, "who are you?");
        }
        seen.add(request);
        String path = request.path();
        String longest = "";
        for (String known : answers.keySet()) {
            if (path.startsWith(known) && known.length() > longest.length()) {
                longest = known;
            }
        }
        return longest.isEmpty()
                ? new Response.Full(404, Headers.EMPTY, new byte[0])
                : answers.get(longest).handle(request);
    }

    @Override
    public void close() {
        server.close();
    }
}
