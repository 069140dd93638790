package dev.longshore.server.identity;

import dev.longshore.apiserver.HttpsCaller;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.base.Yaml;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.SystemAuthorities;
import dev.longshore.http.TlsIdentity;
import dev.longshore.kinds.authentication.PemText;
import dev.longshore.model.OutboundHttp;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A kubeconfig that says where a back end of the API server is, and as whom it is asked.
///
/// @param url the very URL that is asked
/// @param headers that show who we are
/// @param http the way there
public record RemoteKubeconfig(URI url, Map<String, String> headers, OutboundHttp http) {

    public RemoteKubeconfig {
        headers = Map.copyOf(headers);
    }

    @Override
    public String toString() {
        return url.toString();
    }

    /// What `file` says; paths in it start where it is.
    ///
    /// @throws IOException when it cannot be read, or says nothing that could be asked
    public static RemoteKubeconfig read(Path file, Time time) throws IOException {
        JsonNode config;
        try {
            config = Yaml.parse(Files.readString(file));
        } catch (Json.MalformedException malformed) {
            throw new IOException(file + ": " + malformed.getMessage(), malformed);
        }
        String current = config.path("current-context").asString("");
        JsonNode context = named(config, "contexts", current, file).path("context");
        JsonNode cluster = named(config, "clusters", context.path("cluster").asString(""), file)
                .path("cluster");
        String user = context.path("user").asString("");
        JsonNode shown = user.isEmpty()
                ? Json.object()
                : named(config, "users", user, file).path("user");
        return new RemoteKubeconfig(url(cluster, file), headers(shown, file), caller(cluster, shown, file, time));
    }

    private static JsonNode named(JsonNode config, String list, String name, Path file) throws IOException {
        return config.path(list)
                .valueStream()
                .filter(each -> each.path("name").asString("").equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException(file + ": there is no \"" + name + "\" among its " + list));
    }

    private static URI url(JsonNode cluster, Path file) throws IOException {
        String server = cluster.path("server").asString("");
        try {
            var url = new URI(server);
            if ("https".equalsIgnoreCase(url.getScheme()) && url.getHost() != null) {
                return url;
            }
        } catch (URISyntaxException malformed) {
            throw new IOException(file + ": its server is no URL: " + server, malformed);
        }
        throw new IOException(file + ": its server must be a URL of https, not \"" + server + "\"");
    }

    private static Map<String, String> headers(JsonNode user, Path file) throws IOException {
        var headers = new HashMap<String, String>();
        Optional<String> token = text(user, "token", "tokenFile", false, file);
        token.ifPresent(value -> headers.put("Authorization", "Bearer " + value.strip()));
        String name = user.path("username").asString("");
        if (!name.isEmpty()) {
            String both = name + ":" + user.path("password").asString("");
            headers.put(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
        }
        return headers;
    }

    private static OutboundHttp caller(JsonNode cluster, JsonNode user, Path file, Time time) throws IOException {
        Optional<String> pem = text(cluster, "certificate-authority-data", "certificate-authority", true, file);
        boolean isUnchecked = cluster.path("insecure-skip-tls-verify").asBoolean(false);
        List<X509Certificate> authorities =
                isUnchecked ? List.of() : pem.isPresent() ? certificates(pem.get(), file) : SystemAuthorities.all();
        Optional<String> certificate = text(user, "client-certificate-data", "client-certificate", true, file);
        Optional<String> key = text(user, "client-key-data", "client-key", true, file);
        Optional<TlsIdentity> identity = Optional.empty();
        if (certificate.isPresent() && key.isPresent()) {
            identity = Optional.of(new TlsIdentity(
                    KeyPem.parse(key.get(), file.toString()).pairs().getFirst().getPrivate(),
                    certificates(certificate.get(), file)));
        }
        String name = cluster.path("tls-server-name").asString("");
        return new HttpsCaller(
                new HttpDialer.Tls(authorities, identity, name.isEmpty() ? Optional.empty() : Optional.of(name)), time);
    }

    private static List<X509Certificate> certificates(String pem, Path file) throws IOException {
        try {
            return PemText.certificates(pem);
        } catch (IllegalArgumentException unreadable) {
            throw new IOException(file + ": " + unreadable.getMessage(), unreadable);
        }
    }

    /// @param data the field that holds it
    /// @param path the field that names a file which does
    private static Optional<String> text(JsonNode of, String data, String path, boolean isEncoded, Path file)
            throws IOException {
        String given = of.path(data).asString("");
        String named = of.path(path).asString("");
        if (given.isEmpty()) {
            return named.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            Files.readString(file.toAbsolutePath().getParent().resolve(named)));
        }
        try {
            return Optional.of(
                    isEncoded ? new String(Base64.getMimeDecoder().decode(given), StandardCharsets.UTF_8) : given);
        } catch (IllegalArgumentException malformed) {
            throw new IOException(file + ": " + data + " is no base64", malformed);
        }
    }
}
