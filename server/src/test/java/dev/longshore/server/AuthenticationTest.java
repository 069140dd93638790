package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.TlsIdentity;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.config.IdentityOptions;
import dev.longshore.server.pki.CertificateAuthority;
import dev.longshore.server.pki.CertificateRequest;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Identity;
import dev.longshore.server.pki.Pem;
import dev.longshore.server.pki.Terms;
import dev.longshore.store.Stores;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// One API server, over TLS, with as many ways to know who asks as there are.
class AuthenticationTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final TlsIdentity FURTHER = SelfSigned.of("O=friends,CN=further");
    private static final TlsIdentity PROXY = SelfSigned.of("CN=our-proxy");

    @TempDir
    private static Path scratch;

    private static IssuerServer issuer;
    private static ControlPlane plane;
    private static Certificates certificates;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        Logging.off();
        issuer = new IssuerServer();
        port = FreePort.any();
        var cluster = new ClusterRecord(
                ClusterId.random(new Random(1)), "who", "10.244.0.0/16", "10.96.0.0/16", "30000-32767", port, 0, 0);
        var host = new HostAddress("localhost", "127.0.0.1");
        Time time = Time.system();
        certificates = new Certificates(
                new ClusterKeys(scratch.resolve("pki"), time, Terms.USUAL, new SecureRandom()), cluster, host, time);
        plane = new ControlPlane(
                Stores.inMemory(time), cluster, host, certificates, ApiSettings.DEFAULT.with(options()), time);
        plane.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        await().atMost(PATIENCE)
                .until(() ->
                        !whoami(bearer(issuer.token("alice", claims -> claims))).isMissingNode());
    }

    private static IdentityOptions options() throws IOException {
        Path configuration = file("authentication.yaml", """
                apiVersion: apiserver.config.k8s.io/v1
                kind: AuthenticationConfiguration
                jwt:
                - issuer:
                    url: %s
                    audiences: [longshore]
                    certificateAuthority: |
                %s
                  claimMappings:
                    username: {expression: '"outside:" + claims.sub'}
                    groups: {claim: groups, prefix: ""}
                  userValidationRules:
                  - {expression: "!user.username.endsWith('root')", message: root is nobody}
                anonymous:
                  enabled: true
                  conditions: [{path: /version}, {path: /openid/v1/jwks}]
                """.formatted(
                        issuer.url(), issuer.authority().indent(8).stripTrailing()));
        return new IdentityOptions(
                Optional.of(file("further.crt", Pem.of(FURTHER.chain()))),
                Optional.of(new IdentityOptions.Proxy(
                        file("proxy.crt", Pem.of(PROXY.chain())),
                        List.of("our-proxy"),
                        List.of("X-Our-User"),
                        List.of(),
                        List.of("X-Our-Group"),
                        List.of())),
                Optional.of(file("tokens.csv", "file-token,carol,7,\"dev,ops\"\n")),
                IdentityOptions.Tokens.DEFAULT,
                Optional.of(configuration),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                IdentityOptions.USUAL_SIGNING);
    }

    private static Path file(String name, String text) throws IOException {
        return Files.writeString(scratch.resolve(name), text);
    }

    @AfterAll
    static void stop() {
        plane.close();
        issuer.close();
    }

    private static String[] bearer(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }

    private record Answer(int status, Headers headers, JsonNode json) {}

    private static Answer ask(
            Optional<TlsIdentity> identity, String method, String target, String body, String... headers) {
        var tls = new HttpDialer.Tls(List.of(certificates.authority()), identity, Optional.empty());
        byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        Headers sent = Headers.of(headers).with("Content-Type", "application/json");
        HttpDialer.Call call = bytes.length == 0
                ? HttpDialer.Call.of(method, target, sent)
                : HttpDialer.Call.of(method, target, sent, bytes);
        try (HttpDialer dialer = HttpDialer.tls("localhost", port, tls);
                HttpDialer.Answer answer = dialer.exchange(call, PATIENCE)) {
            String text = answer.text();
            return new Answer(
                    answer.status(), answer.headers(), text.startsWith("{") ? Json.parse(text) : Json.object());
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    private static JsonNode whoami(Optional<TlsIdentity> identity, String... headers) {
        return ask(
                        identity,
                        "POST",
                        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                        "{'apiVersion':'authentication.k8s.io/v1','kind':'SelfSubjectReview'}",
                        headers)
                .json()
                .at("/status/userInfo");
    }

    private static JsonNode whoami(String... headers) {
        return whoami(Optional.empty(), headers);
    }

    private static TlsIdentity admin() {
        return certificates.asAdmin().get();
    }

    private static int status(Optional<TlsIdentity> identity, String... headers) {
        return ask(identity, "GET", "/version", "", headers).status();
    }

    @Test
    void certificatesOfTheClusterAndOfFurtherAuthorities() {
        assertThat(whoami(Optional.of(admin())).path("username").asString()).isEqualTo("kubernetes-admin");
        assertThat(whoami(Optional.of(admin()))
                        .path("extra")
                        .path("authentication.kubernetes.io/credential-id")
                        .path(0)
                        .asString())
                .startsWith("X509SHA256=");
        assertThat(whoami(Optional.of(FURTHER)).path("groups").toString())
                .isEqualTo("[\"friends\",\"system:authenticated\"]");
    }

    @Test
    void aCertificateThatNobodyVouchesForIs401AndNoBrokenHandshake() {
        // It bears the name of the cluster's authority, since clients show only what they are asked for.
        Answer answer = ask(Optional.of(SelfSigned.of("CN=longshore-ca")), "GET", "/version", "");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.json().path("message").asString()).isEqualTo("Unauthorized");
        assertThat(answer.json().path("reason").asString()).isEqualTo("Unauthorized");
    }

    @Test
    void aCertificateThatExpiresOnAnOpenConnectionIs401FromThenOn() throws Exception {
        Path pki = scratch.resolve("pki");
        var authority = new CertificateAuthority(
                new Identity(Pem.privateKey(pki.resolve("ca.key")), Pem.certificates(pki.resolve("ca.crt"))),
                new SecureRandom());
        Duration life = Duration.ofSeconds(1);
        while (!expiresUnderway(authority, life)) {
            // The machine was too busy for a request within that time.
            life = life.multipliedBy(2);
            assertThat(life).isLessThan(PATIENCE);
        }
    }

    /// Asks on one connection until its certificate has expired.
    ///
    /// @return false if it had from the beginning
    private static boolean expiresUnderway(CertificateAuthority authority, Duration life) throws Exception {
        Identity shortLived =
                authority.issue(CertificateRequest.client("short", "system:masters"), Instant.now(), life);
        try (var connection = new OpenConnection(port, shortLived)) {
            if (connection.status("/api/v1/nodes") != 200) {
                return false;
            }
            await().atMost(PATIENCE).until(() -> connection.status("/api/v1/nodes") == 401);
            assertThat(connection.status("/api/v1/nodes")).isEqualTo(401);
            return true;
        }
    }

    @Test
    void aProxySaysWhoAsksAndNobodyElseDoes() {
        String[] says = {"X-Our-User", "dora", "X-Our-Group", "dev", "X-Remote-User", "root"};

        assertThat(whoami(Optional.of(PROXY), says).path("username").asString()).isEqualTo("dora");
        assertThat(status(Optional.of(PROXY))).isEqualTo(401);
        assertThat(whoami(Optional.of(admin()), says).path("username").asString())
                .isEqualTo("kubernetes-admin");
        assertThat(whoami(Optional.of(certificates.frontProxy().identity().get()), "X-Remote-User", "eve")
                        .path("username")
                        .asString())
                .isEqualTo("eve");
        assertThat(whoami(Optional.of(FURTHER), "X-Remote-User", "eve")
                        .path("username")
                        .asString())
                .isEqualTo("further");
    }

    @Test
    void extensionServersHearOfTheProxies() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode data = ask(
                            Optional.of(admin()),
                            "GET",
                            "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication",
                            "")
                    .json()
                    .path("data");
            assertThat(data.path("requestheader-username-headers").asString())
                    .isEqualTo("[\"X-Remote-User\",\"X-Our-User\"]");
            assertThat(data.path("requestheader-allowed-names").asString())
                    .isEqualTo("[\"front-proxy-client\",\"our-proxy\"]");
            assertThat(data.path("requestheader-client-ca-file").asString()).contains(Pem.of(PROXY.chain()));
            assertThat(data.path("client-ca-file").asString()).contains(Pem.of(FURTHER.chain()));
        });
    }

    @Test
    void tokensOfAFileAndOfAnIssuer() {
        assertThat(whoami(bearer("file-token")).toString())
                .isEqualTo(
                        "{\"username\":\"carol\",\"uid\":\"7\",\"groups\":[\"dev\",\"ops\",\"system:authenticated\"]}");
        JsonNode alice = whoami(bearer(issuer.token("alice", claims -> {
            claims.putArray("groups").add("dev");
            return claims;
        })));
        assertThat(alice.path("username").asString()).isEqualTo("outside:alice");
        assertThat(alice.path("groups").toString()).isEqualTo("[\"dev\",\"system:authenticated\"]");
        assertThat(status(Optional.empty(), bearer(issuer.token("root", claims -> claims))))
                .isEqualTo(401);
        assertThat(status(Optional.empty(), bearer(issuer.token("bob", claims -> claims.put("exp", 1)))))
                .isEqualTo(401);
        assertThat(status(Optional.empty(), bearer("unknown"))).isEqualTo(401);
        issuer.changeKey();
        await().atMost(PATIENCE)
                .until(() -> whoami(bearer(issuer.token("bob", claims -> claims)))
                        .path("username")
                        .asString("")
                        .equals("outside:bob"));
    }

    @Test
    void anIssuerMayKeepGroupsElsewhere() {
        assertThat(whoami(bearer(groupsElsewhere("sesame"))).path("groups").toString())
                .isEqualTo("[\"far\",\"system:authenticated\"]");
        assertThat(status(Optional.empty(), bearer(groupsElsewhere("wrong")))).isEqualTo(401);
    }

    private static String groupsElsewhere(String accessToken) {
        return issuer.token("dora", claims -> {
            claims.putObject("_claim_names").put("groups", "there");
            claims.putObject("_claim_sources")
                    .putObject("there")
                    .put("endpoint", issuer.url() + "/groups")
                    .put("access_token", accessToken);
            return claims;
        });
    }

    @Test
    void strangersComeInWhereTheConfigurationLetsThem() {
        assertThat(status(Optional.empty())).isEqualTo(200);
        assertThat(ask(Optional.empty(), "GET", "/livez", "").status()).isEqualTo(401);
        assertThat(ask(Optional.empty(), "GET", "/openid/v1/jwks", "").status()).isEqualTo(403);
    }

    @Test
    void aNewKeySignsWithinASecondAndTheOldOneStillCounts() throws Exception {
        ask(Optional.of(admin()), "POST", "/api/v1/namespaces/default/serviceaccounts", "{'metadata':{'name':'app'}}");
        String old = token();
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        var fresh = generator.generateKeyPair();
        Path directory = scratch.resolve("pki");
        Path known = directory.resolve("sa.pub");
        Files.writeString(known, Pem.of(fresh.getPublic()) + Files.readString(known));
        Files.writeString(directory.resolve("sa.key"), Pem.of(fresh.getPrivate()));

        await().atMost(PATIENCE)
                .until(() -> header(token()).path("alg").asString().equals("ES256"));

        var names = new ArrayList<String>();
        for (String token : List.of(old, token())) {
            names.add(whoami(bearer(token)).path("username").asString());
        }
        assertThat(names).containsOnly("system:serviceaccount:default:app");
        Answer published = ask(Optional.of(admin()), "GET", "/openid/v1/jwks", "");
        assertThat(published.json().path("keys").size()).isEqualTo(2);
        assertThat(published.headers().first("Content-Type")).contains("application/jwk-set+json");
        assertThat(published.headers().first("Cache-Control")).contains("public, max-age=3600");
        JsonNode described = ask(Optional.of(admin()), "GET", "/.well-known/openid-configuration", "")
                .json();
        assertThat(described.path("id_token_signing_alg_values_supported").toString())
                .isEqualTo("[\"ES256\",\"RS256\"]");
    }

    private static String token() {
        return ask(
                        Optional.of(admin()),
                        "POST",
                        "/api/v1/namespaces/default/serviceaccounts/app/token",
                        "{'apiVersion':'authentication.k8s.io/v1','kind':'TokenRequest','spec':{}}")
                .json()
                .at("/status/token")
                .asString();
    }

    private static JsonNode header(String token) {
        return Json.parse(Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.'))));
    }
}
