package dev.longshore.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.kinds.kit.TokenKeys;
import dev.longshore.server.config.IdentityOptions;
import dev.longshore.server.pki.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentitiesTest {

    private static final KeyPair KEYS = keys();

    private final ManualTime time = new ManualTime();

    @TempDir
    private Path scratch;

    private static KeyPair keys() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private Identities identities(
            Optional<Path> tokenFile,
            IdentityOptions.Tokens tokens,
            Optional<Path> configuration,
            Optional<IdentityOptions.Oidc> oidc,
            Optional<Boolean> anonymous)
            throws IOException {
        return new Identities(
                new IdentityOptions(
                        Optional.empty(),
                        Optional.empty(),
                        tokenFile,
                        tokens,
                        configuration,
                        oidc,
                        Optional.empty(),
                        anonymous,
                        IdentityOptions.USUAL_SIGNING),
                TokenKeys.of(KEYS),
                List::of,
                time);
    }

    private Identities identities(IdentityOptions.Tokens tokens) throws IOException {
        return identities(Optional.empty(), tokens, Optional.empty(), Optional.empty(), Optional.empty());
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(scratch.resolve(name), text);
    }

    @Test
    void issuersAreAudiencesUnlessOthersAreNamed() throws IOException {
        var tokens = identities(new IdentityOptions.Tokens(
                        Optional.empty(),
                        List.of(),
                        List.of("https://a", "https://b"),
                        List.of(),
                        "",
                        Duration.ZERO,
                        true))
                .tokens();

        assertThat(tokens.issuer()).isEqualTo("https://a");
        assertThat(tokens.audiences()).containsExactly("https://a", "https://b");
        assertThat(identities(IdentityOptions.Tokens.DEFAULT).tokens().issuer()).isEqualTo(Identities.ISSUER);
    }

    @Test
    void keysOfFilesTakeThePlaceOfOurOwn() throws IOException {
        KeyPair signing = keys();
        KeyPair old = keys();
        Path key = file("signing.pem", Pem.of(signing.getPrivate()));
        Path others = file("old.pem", Pem.of(old.getPublic()) + Pem.of(signing.getPublic()));

        TokenKeys keys = identities(new IdentityOptions.Tokens(
                        Optional.of(key), List.of(others), List.of(), List.of(), "", Duration.ZERO, true))
                .tokens()
                .keys();

        assertThat(keys.signing().getPublic()).isEqualTo(signing.getPublic());
        assertThat(keys.verifying()).containsExactly(signing.getPublic(), old.getPublic());
        Files.writeString(others, "nonsense");
        time.advance(Duration.ofSeconds(1));
        assertThat(keys.verifying()).as("what was there before holds").hasSize(2);
        Files.writeString(others, Pem.of(signing.getPublic()));
        time.advance(Duration.ofSeconds(1));
        assertThat(keys.verifying()).containsExactly(signing.getPublic());
    }

    private Identities askedByWebhook(Path kubeconfig, String version) throws IOException {
        var options = new IdentityOptions(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                IdentityOptions.Tokens.DEFAULT,
                Optional.empty(),
                Optional.empty(),
                Optional.of(new IdentityOptions.Webhook(kubeconfig, version, Duration.ofMinutes(2))),
                Optional.empty(),
                IdentityOptions.USUAL_SIGNING);
        return new Identities(options, TokenKeys.of(KEYS), List::of, time);
    }

    @Test
    void whoIsAskedAboutTokensIsReadAsOtherBackEndsAre() throws IOException {
        Path kubeconfig = file("webhook.kubeconfig", """
                current-context: c
                contexts: [{name: c, context: {cluster: there, user: us}}]
                clusters: [{name: there, cluster: {server: "https://127.0.0.1:1/tokens"}}]
                users: [{name: us, user: {tokenFile: token}}]
                """);

        askedByWebhook(kubeconfig, "v1").close();
        assertThatThrownBy(() -> askedByWebhook(kubeconfig, "v2"))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("--authentication-token-webhook-version", "v2");
        assertThatThrownBy(() -> askedByWebhook(scratch.resolve("nowhere"), "v1"))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("--authentication-token-webhook-config-file", "nowhere");
        assertThatThrownBy(() -> askedByWebhook(file("empty", "{}"), "v1"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("invalid configuration");
    }

    @Test
    void discoveryNeedsAnIssuerThatCanBeFound() throws IOException {
        var nowhere = new IdentityOptions.Tokens(
                Optional.empty(), List.of(), List.of("us"), List.of(), "", Duration.ZERO, true);

        assertThat(identities(nowhere).documents("a:1")).isEmpty();
        assertThat(identities(IdentityOptions.Tokens.DEFAULT)
                        .documents("a:1")
                        .orElseThrow()
                        .get()
                        .keysUrl())
                .isEqualTo("https://a:1/openid/v1/jwks");
    }

    @Test
    void whatMakesNoSenseEndsTheStart() throws IOException {
        Path configuration = file("c.yaml", """
                apiVersion: apiserver.config.k8s.io/v1
                kind: AuthenticationConfiguration
                jwt: [{issuer: {url: 'http://a', audiences: [b]}, claimMappings: {username: {expression: claims.sub}}}]
                """);
        refused(
                configuration,
                Optional.empty(),
                "--authentication-config: invalid authentication configuration: jwt[0].issuer.url: Invalid value:"
                        + " \"http://a\": URL scheme must be https");
        Path anonymous = file("a.yaml", """
                apiVersion: apiserver.config.k8s.io/v1
                kind: AuthenticationConfiguration
                anonymous: {enabled: false}
                """);
        refused(anonymous, Optional.of(true), "--anonymous-auth flag cannot be set when anonymous field is configured");
        Path tokens = file("tokens.csv", "secret,alice");
        assertThatThrownBy(() -> identities(
                        Optional.of(tokens),
                        IdentityOptions.Tokens.DEFAULT,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))
                .hasMessageContaining("must have at least 3 columns")
                .hasMessageNotContaining("secret");
    }

    private void refused(Path configuration, Optional<Boolean> anonymous, String why) {
        assertThatThrownBy(() -> identities(
                        Optional.empty(),
                        IdentityOptions.Tokens.DEFAULT,
                        Optional.of(configuration),
                        Optional.empty(),
                        anonymous))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
    }

    @Test
    void anIssuerOfFlagsAndAFileExcludeEachOther() throws IOException {
        Path configuration =
                file("n.yaml", "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n");
        var oidc = new IdentityOptions.Oidc(
                "https://a", "b", Optional.empty(), "sub", "", "", "", List.of("RS256"), Map.of());

        assertThatThrownBy(() -> identities(
                        Optional.empty(),
                        IdentityOptions.Tokens.DEFAULT,
                        Optional.of(configuration),
                        Optional.of(oidc),
                        Optional.empty()))
                .hasMessage("authentication-config file and oidc-* flags are mutually exclusive");
    }
}
