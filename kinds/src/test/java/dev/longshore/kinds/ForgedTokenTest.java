package dev.longshore.kinds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import dev.longshore.kinds.authentication.VouchedChain;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Authenticator.Credentials;
import dev.longshore.model.Authenticator.Verdict;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class ForgedTokenTest {

    private static final Cluster CLUSTER = new Cluster();
    private static final Authenticator ALL =
            Authenticators.all(CLUSTER.context, () -> CLUSTER.registry, certificatesOnly(CLUSTER));
    private static final String TOKEN = token();

    private static AuthenticationMeans certificatesOnly(Cluster cluster) {
        return AuthenticationMeans.of(new VouchedChain(List::of, cluster.time));
    }

    private static String token() {
        CLUSTER.create("{apiVersion: v1, kind: ServiceAccount, metadata: {name: app, namespace: default}}");
        return TokenRequests.of(CLUSTER, "app", "").text("status", "token");
    }

    private static Verdict verdict(String token) {
        return ALL.authenticate(Credentials.ofToken(token, List.of()));
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }

    @Property(tries = 300)
    void oneChangedLetterSpoilsIt(
            @ForAll @IntRange(max = 2000) int place, @ForAll @IntRange(min = 1, max = 63) int by) {
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        // The last letter has bits that stand for nothing.
        int at = place % (TOKEN.length() - 1);
        int old = letters.indexOf(TOKEN.charAt(at));
        String changed = TOKEN.substring(0, at)
                + (old < 0 ? "x" : letters.charAt((old + by) % letters.length()))
                + TOKEN.substring(at + 1);

        assertThat(verdict(changed)).isInstanceOf(Verdict.Rejected.class);
    }

    @Property(tries = 300)
    void whateverIsNoTokenIsRejectedAndNothingIsThrown(@ForAll @StringLength(min = 1, max = 200) String text) {
        assertThat(verdict(text)).isInstanceOf(Verdict.Rejected.class);
        assertThat(verdict(encoded(text) + "."
                        + encoded("{\"iss\":\"" + CLUSTER.context.tokens().issuer() + "\"}") + "." + encoded(text)))
                .isInstanceOf(Verdict.Rejected.class);
    }

    @org.junit.jupiter.api.Test
    void aTokenWithoutSignatureIsRejected() {
        String claims = TOKEN.split("\\.")[1];

        assertThat(verdict(encoded("{\"alg\":\"none\"}") + "." + claims + ".")).isInstanceOf(Verdict.Rejected.class);
        assertThat(verdict(TOKEN.substring(0, TOKEN.lastIndexOf('.') + 1))).isInstanceOf(Verdict.Rejected.class);
    }

    @org.junit.jupiter.api.Test
    void thePublicKeyIsNoSecretOfAnotherAlgorithm() throws Exception {
        byte[] known = CLUSTER.context.tokens().keys().signing().getPublic().getEncoded();
        String claims = new String(Base64.getUrlDecoder().decode(TOKEN.split("\\.")[1]), UTF_8);
        var forged = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(claims));
        forged.sign(new MACSigner(known));

        assertThat(verdict(forged.serialize())).isInstanceOf(Verdict.Rejected.class);
    }

    @org.junit.jupiter.api.Test
    void aTokenThatIsTooLargeIsNotEvenRead() {
        assertThat(verdict(TOKEN + "A".repeat(1 << 20))).isEqualTo(new Verdict.Rejected("invalid bearer token"));
    }

    @org.junit.jupiter.api.Test
    void whyATokenDoesNotHoldIsToldInReviewsOnly() {
        var cluster = new Cluster();
        cluster.authenticator.set(
                Authenticators.all(cluster.context, () -> cluster.registry, certificatesOnly(cluster)));
        cluster.create("{apiVersion: v1, kind: ServiceAccount, metadata: {name: app, namespace: default}}");
        String token =
                TokenRequests.of(cluster, "app", "expirationSeconds: 600").text("status", "token");

        assertThat(review(cluster, "abc").text("status", "error")).isEqualTo("invalid bearer token");
        assertThat(review(cluster, token).at("status", "authenticated").asBoolean())
                .isTrue();
        assertThat(review(cluster, token + ", audiences: [x, y]").text("status", "error"))
                .isEqualTo("[invalid bearer token, token audiences"
                        + " [\"https://kubernetes.default.svc.cluster.local\"] is invalid for the target audiences"
                        + " [\"x\" \"y\"]]");
        cluster.time.advance(Duration.ofSeconds(700));
        assertThat(review(cluster, token).text("status", "error"))
                .isEqualTo("[invalid bearer token, service account token has expired]");
        cluster.registry.delete(new GroupResource("", "serviceaccounts"), "default", "app", java.util.Optional.empty());
        assertThat(review(cluster, token).at("status", "authenticated").isMissingNode())
                .isTrue();
    }

    private static Resource review(Cluster cluster, String spec) {
        Resource review =
                cluster.read("{apiVersion: authentication.k8s.io/v1, kind: TokenReview, spec: {token: " + spec + "}}");
        return cluster.kindOf(review).virtual().orElseThrow().create(cluster.call, cluster.registry, "", review);
    }
}
