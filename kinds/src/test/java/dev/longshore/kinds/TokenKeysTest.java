package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.kinds.authentication.IssuerDocuments;
import dev.longshore.kinds.authentication.ServiceAccountAuthenticator;
import dev.longshore.kinds.kit.TokenIssuance;
import dev.longshore.kinds.kit.TokenKeys;
import dev.longshore.model.Authenticator.Credentials;
import dev.longshore.model.Authenticator.Verdict;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenKeysTest {

    private final Rolling keys = new Rolling();

    /// Keys that change.
    private static final class Rolling implements TokenKeys {
        private final List<KeyPair> all = new ArrayList<>();

        @Override
        public KeyPair signing() {
            return all.getFirst();
        }

        @Override
        public List<PublicKey> verifying() {
            return all.stream().map(KeyPair::getPublic).toList();
        }
    }

    private static KeyPair key(String kind) {
        try {
            var generator = KeyPairGenerator.getInstance(kind.equals("RSA") ? "RSA" : "EC");
            if (kind.equals("RSA")) {
                generator.initialize(2048);
            } else {
                generator.initialize(new ECGenParameterSpec(kind));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Cluster cluster(String... issuers) {
        var cluster = new Cluster(new TokenIssuance(keys, List.of(issuers), List.of("api"), Duration.ZERO, true));
        cluster.create("{apiVersion: v1, kind: ServiceAccount, metadata: {name: app, namespace: default}}");
        return cluster;
    }

    private static String token(Cluster cluster) {
        return TokenRequests.of(cluster, "app", "").text("status", "token");
    }

    private static Verdict verdict(Cluster cluster, String token) {
        return new ServiceAccountAuthenticator(cluster.context, () -> cluster.registry)
                .authenticate(Credentials.ofToken(token, List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "secp256r1", "secp384r1", "secp521r1"})
    void keysOfEveryKindSign(String kind) {
        keys.all.add(key(kind));
        Cluster cluster = cluster("https://a");

        assertThat(verdict(cluster, token(cluster))).isInstanceOf(Verdict.Known.class);
    }

    @Test
    void oldKeysVerifyUntilTheyAreForgotten() {
        keys.all.add(key("secp256r1"));
        Cluster cluster = cluster("https://a");
        String old = token(cluster);

        keys.all.addFirst(key("RSA"));
        assertThat(verdict(cluster, old)).isInstanceOf(Verdict.Known.class);
        assertThat(verdict(cluster, token(cluster))).isInstanceOf(Verdict.Known.class);

        keys.all.removeLast();
        assertThat(verdict(cluster, old)).isEqualTo(new Verdict.Rejected("invalid signature, no keys found"));
    }

    @Test
    void everyIssuerCountsAndTheFirstSigns() {
        keys.all.add(key("secp256r1"));
        String old = token(cluster("https://old"));
        Cluster cluster = cluster("https://new", "https://old");

        assertThat(verdict(cluster, old)).isInstanceOf(Verdict.Known.class);
        assertThat(verdict(cluster("https://new"), old)).isEqualTo(new Verdict.NotMine());
        assertThat(verdict(cluster("https://old"), token(cluster))).isEqualTo(new Verdict.NotMine());
    }

    @Test
    void aTokenOfAStrangersKeyIsRejected() {
        keys.all.add(key("secp256r1"));
        String foreign = token(cluster("https://a"));
        keys.all.set(0, key("secp256r1"));

        assertThat(verdict(cluster("https://a"), foreign)).isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void documentsShowEveryKey() {
        var documents = new IssuerDocuments(
                "https://a",
                "https://b/jwks",
                List.of(key("RSA").getPublic(), key("secp384r1").getPublic()));

        assertThat(documents.configuration().toString())
                .isEqualTo("{\"issuer\":\"https://a\",\"jwks_uri\":\"https://b/jwks\",\"response_types_supported\":"
                        + "[\"id_token\"],\"subject_types_supported\":[\"public\"],"
                        + "\"id_token_signing_alg_values_supported\":[\"ES384\",\"RS256\"]}");
        assertThat(documents.keys().at("/keys/0/kty").asString()).isEqualTo("RSA");
        assertThat(documents.keys().at("/keys/1/crv").asString()).isEqualTo("P-384");
        assertThat(documents.keys().findValues("d")).isEmpty();
        assertThat(IssuerDocuments.flaw("https://a/b")).isEmpty();
        assertThat(IssuerDocuments.flaw("http://a")).contains("issuer URL must use https scheme, got: http://a");
        assertThat(IssuerDocuments.flaw("https://a?b")).isPresent();
    }
}
