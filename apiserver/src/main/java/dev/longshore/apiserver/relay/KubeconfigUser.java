package dev.longshore.apiserver.relay;

import dev.longshore.http.Headers;
import dev.longshore.http.TlsIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// As whom a user of a kubeconfig asks.
///
/// @param identity shown by TLS
/// @param authorization the header; empty for none
/// @param tokenFile of a token; read anew each time: such tokens are replaced where they lie
public record KubeconfigUser(Optional<TlsIdentity> identity, String authorization, Optional<Path> tokenFile) {

    /// Nobody.
    public static final KubeconfigUser NONE = new KubeconfigUser(Optional.empty(), "", Optional.empty());

    /// What `user` of `file` says.
    ///
    /// @throws IllegalArgumentException when it names what cannot be read, or makes no sense
    public static KubeconfigUser read(Path file, JsonNode user) {
        Optional<byte[]> certificate = bytes(file, user, "client-certificate");
        Optional<byte[]> key = bytes(file, user, "client-key");
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("invalid configuration: client-certificate and client-key go together");
        }
        String named = user.path("tokenFile").asString("");
        return new KubeconfigUser(
                certificate.map(
                        chain -> new TlsIdentity(PemKeys.privateKey(key.orElseThrow()), PemKeys.certificates(chain))),
                authorization(user),
                named.isEmpty() ? Optional.empty() : Optional.of(resolved(file, named)));
    }

    private static String authorization(JsonNode user) {
        String token = user.path("token").asString("");
        if (!token.isEmpty()) {
            return "Bearer " + token;
        }
        String name = user.path("username").asString("");
        String both = name + ":" + user.path("password").asString("");
        return name.isEmpty()
                ? ""
                : "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
    }

    /// What `field-data` holds in base64, or else the file that `field` names.
    static Optional<byte[]> bytes(Path file, JsonNode from, String field) {
        String data = from.path(field + "-data").asString("");
        String named = from.path(field).asString("");
        try {
            if (!data.isEmpty()) {
                return Optional.of(Base64.getMimeDecoder().decode(data));
            }
            return named.isEmpty() ? Optional.empty() : Optional.of(Files.readAllBytes(resolved(file, named)));
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new IllegalArgumentException(
                    "invalid configuration: unable to read " + field + " " + named, unreadable);
        }
    }

    private static Path resolved(Path file, String named) {
        return file.toAbsolutePath().resolveSibling(named);
    }

    /// `headers`, and what shows who asks.
    ///
    /// @throws IOException when the token cannot be read
    public Headers shownIn(Headers headers) throws IOException {
        if (tokenFile.isPresent()) {
            return headers.with(
                    "Authorization",
                    "Bearer " + Files.readString(tokenFile.get()).strip());
        }
        return authorization.isEmpty() ? headers : headers.with("Authorization", authorization);
    }

    @Override
    public String toString() {
        return "KubeconfigUser";
    }
}
