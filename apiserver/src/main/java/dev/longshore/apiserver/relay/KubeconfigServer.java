package dev.longshore.apiserver.relay;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The server of a kubeconfig's current context, to which JSON is posted: how kube-apiserver is told where its webhooks
/// for audit, tokens and authorization are. Keeps connections. Thread-safe.
public final class KubeconfigServer implements AutoCloseable {

    private static final int LARGEST = 16 << 20;
    private static final int SHOWN = 512;
    private static final int HTTPS = 443;
    private static final int HTTP = 80;

    private final HttpDialer dialer;
    private final String path;
    private final Headers headers;
    private final KubeconfigUser identity;

    private KubeconfigServer(HttpDialer dialer, String path, Headers headers, KubeconfigUser identity) {
        this.dialer = dialer;
        this.path = path;
        this.headers = headers;
        this.identity = identity;
    }

    /// What was answered.
    public record Answer(int status, byte[] body) {

        /// True for 200 to 206.
        public boolean isSuccess() {
            return status >= 200 && status <= 206;
        }

        /// The beginning, for messages.
        public String shown() {
            return new String(body, 0, Math.min(SHOWN, body.length), StandardCharsets.UTF_8).strip();
        }
    }

    /// The server that `file` names.
    ///
    /// @throws IllegalArgumentException when the file cannot be read, or makes no sense
    public static KubeconfigServer read(Path file) {
        JsonNode tree;
        try {
            tree = Yaml.parse(Files.readString(file));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("stat " + file + ": no such file or directory", unreadable);
        } catch (Json.MalformedException notYaml) {
            throw new IllegalArgumentException(
                    "error loading config file \"" + file + "\": " + notYaml.getMessage(), notYaml);
        }
        JsonNode context = named(tree, "contexts", tree.path("current-context").asString(""), "context");
        JsonNode cluster = named(tree, "clusters", context.path("cluster").asString(""), "cluster");
        String user = context.path("user").asString("");
        JsonNode identity = user.isEmpty() ? Json.object() : named(tree, "users", user, "user");
        return new Reader(file, cluster, KubeconfigUser.read(file, identity)).server();
    }

    /// An entry of one of the file's three lists. Without a name the only one there is.
    private static JsonNode named(JsonNode tree, String list, String name, String field) {
        List<JsonNode> fitting = tree.path(list)
                .valueStream()
                .filter(each -> name.isEmpty() || each.path("name").asString("").equals(name))
                .toList();
        if (fitting.isEmpty() || name.isEmpty() && fitting.size() > 1) {
            String which = name.isEmpty() ? "no " + field + " is chosen" : field + " \"" + name + "\" does not exist";
            throw new IllegalArgumentException("invalid configuration: " + which);
        }
        return fitting.getFirst().path(field);
    }

    /// Makes a server of what the file says about it.
    private record Reader(Path file, JsonNode cluster, KubeconfigUser identity) {

        KubeconfigServer server() {
            URI url = url();
            boolean isTls = url.getScheme().equals("https");
            int port = url.getPort() < 0 ? isTls ? HTTPS : HTTP : url.getPort();
            String host = url.getHost().startsWith("[")
                    ? url.getHost().substring(1, url.getHost().length() - 1)
                    : url.getHost();
            HttpDialer dialer = isTls ? HttpDialer.tls(host, port, tls()) : HttpDialer.tcp(host, port);
            String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
            String target = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
            Headers headers = Headers.of(
                    "Accept", "application/json, */*", "Content-Type", "application/json", "User-Agent", "longshore");
            return new KubeconfigServer(dialer, target, headers, identity);
        }

        private URI url() {
            String text = cluster.path("server").asString("");
            try {
                var url = new URI(text.contains("://") ? text : "http://" + text);
                boolean isHttp = List.of("http", "https").contains(url.getScheme());
                if (text.isEmpty() || !isHttp || url.getHost() == null) {
                    throw new IllegalArgumentException(
                            "invalid configuration: the cluster's server must be a URL, as https://host:port/path");
                }
                return url;
            } catch (URISyntaxException malformed) {
                throw new IllegalArgumentException("invalid configuration: " + malformed.getMessage(), malformed);
            }
        }

        private HttpDialer.Tls tls() {
            Optional<byte[]> authority = KubeconfigUser.bytes(file, cluster, "certificate-authority");
            boolean isBlind = cluster.path("insecure-skip-tls-verify").asBoolean(false);
            if (isBlind && authority.isPresent()) {
                throw new IllegalArgumentException("invalid configuration: specifying a root certificates file with the"
                        + " insecure flag is not allowed");
            }
            String name = cluster.path("tls-server-name").asString("");
            var authorities = isBlind
                    ? List.<java.security.cert.X509Certificate>of()
                    : authority.map(PemKeys::certificates).orElseGet(TrustOfTheJdk::authorities);
            return new HttpDialer.Tls(
                    authorities, identity.identity(), name.isEmpty() ? Optional.empty() : Optional.of(name));
        }
    }

    /// Posts `body` to the server's own path.
    ///
    /// @param limit how long the server may be silent
    /// @throws IOException when there is no answer
    public Answer post(byte[] body, Duration limit) throws IOException {
        Headers all = identity.shownIn(headers);
        try (HttpDialer.Answer answer = dialer.exchange(HttpDialer.Call.of("POST", path, all, body), limit)) {
            byte[] bytes = answer.body().readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new IOException("the answer is larger than " + LARGEST + " bytes");
            }
            return new Answer(answer.status(), bytes);
        }
    }

    @Override
    public void close() {
        dialer.close();
    }
}
