package dev.longshore.kinds.authentication.oidc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import dev.longshore.base.ManualTime;
import dev.longshore.model.Authenticator.Credentials;
import dev.longshore.model.Authenticator.Verdict;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JwtAuthenticatorsTest {

    private final ManualTime time = new ManualTime();
    private final TestIssuer issuer = new TestIssuer(time);

    private static AuthenticationConfiguration configuration(String more) {
        return ConfigurationFile.read("""
                apiVersion: apiserver.config.k8s.io/v1
                kind: AuthenticationConfiguration
                jwt:
                - issuer: {url: https://issuer.example, audiences: [api]%s}
                  claimMappings: {username: {claim: sub, prefix: "oidc:"}}
                """.formatted(more));
    }

    private JwtAuthenticators of(String more) {
        var made = new JwtAuthenticators(
                configuration(more), JwtAuthenticators.ALGORITHMS, List.of("https://own"), pem -> issuer, time);
        made.start();
        time.advance(Duration.ZERO);
        return made;
    }

    private static Verdict verdict(JwtAuthenticators all, String token) {
        return all.authenticate(Credentials.ofToken(token, List.of()));
    }

    private static String why(Verdict verdict) {
        return verdict instanceof Verdict.Rejected(String why) ? why : "not rejected: " + verdict;
    }

    @Test
    void itsTokensMakeUsers() {
        assertThat(verdict(of(""), issuer.token(issuer.claims().put("jti", "7"))))
                .isInstanceOfSatisfying(Verdict.Known.class, known -> {
                    assertThat(known.user().name()).isEqualTo("oidc:alice");
                    assertThat(known.user().extra())
                            .containsEntry("authentication.kubernetes.io/credential-id", List.of("JTI=7"));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"})
    void everyAlgorithmOfTwoKeysWillDo(String name) {
        Curve curve =
                switch (name) {
                    case "ES384" -> Curve.P_384;
                    case "ES512" -> Curve.P_521;
                    default -> Curve.P_256;
                };
        ECKey own = TestIssuer.curve("ec", curve);
        issuer.keys.add(own);
        var key = name.startsWith("ES") ? own : issuer.keys.getFirst();

        assertThat(verdict(of(""), TestIssuer.token(JWSAlgorithm.parse(name), key, issuer.claims())))
                .isInstanceOf(Verdict.Known.class);
    }

    @Test
    void onlyAlgorithmsThatAreAllowedWillDo() {
        var strict = new JwtAuthenticators(configuration(""), Set.of("RS256"), List.of(), pem -> issuer, time);
        strict.start();
        time.advance(Duration.ZERO);

        assertThat(verdict(strict, issuer.token(issuer.claims()))).isInstanceOf(Verdict.Known.class);
        assertThat(why(verdict(strict, TestIssuer.token(JWSAlgorithm.PS256, issuer.keys.getFirst(), issuer.claims()))))
                .contains("id token signed with unsupported algorithm, expected [RS256] got \"PS256\"");
    }

    @Test
    void tokensHaveTheirTimeAndTheirAudience() {
        JwtAuthenticators all = of("");
        String token = issuer.token(issuer.claims());
        long now = time.now().getEpochSecond();

        assertThat(why(verdict(all, issuer.token(issuer.claims().put("aud", "vault")))))
                .isEqualTo("oidc: verify token: oidc: expected audience in [api] got [vault]");
        assertThat(why(verdict(all, issuer.token(issuer.claims().put("nbf", now + 61)))))
                .contains("before the nbf (not before) time");
        assertThat(verdict(all, issuer.token(issuer.claims().put("nbf", now + 59))))
                .isInstanceOf(Verdict.Known.class);
        var endless = issuer.claims();
        endless.remove("exp");
        assertThat(why(verdict(all, issuer.token(endless)))).contains("token is expired");
        time.advance(Duration.ofSeconds(3601));
        assertThat(why(verdict(all, token))).contains("token is expired");
    }

    @Test
    void oneOfSeveralAudiencesIsEnough() {
        JwtAuthenticators all = of("");
        var claims = issuer.claims();
        claims.putArray("aud").add("x").add("api");

        assertThat(verdict(all, issuer.token(claims))).isInstanceOf(Verdict.Known.class);
    }

    @Test
    void whatIsForgedIsRejected() {
        JwtAuthenticators all = of("");
        RSAKey foreign = TestIssuer.rsa("rsa");
        String claims = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(issuer.claims().toString().getBytes(UTF_8));

        assertThat(why(verdict(all, TestIssuer.token(JWSAlgorithm.RS256, foreign, issuer.claims()))))
                .isEqualTo("oidc: verify token: failed to verify signature: failed to verify id token signature");
        String none = Base64.getUrlEncoder().withoutPadding().encodeToString("{\"alg\":\"none\"}".getBytes(UTF_8));
        assertThat(verdict(all, none + "." + claims + ".")).isNotInstanceOf(Verdict.Known.class);
        String symmetric =
                Base64.getUrlEncoder().withoutPadding().encodeToString("{\"alg\":\"HS256\"}".getBytes(UTF_8));
        assertThat(why(verdict(all, symmetric + "." + claims + ".AAAA"))).contains("unsupported algorithm");
        assertThat(verdict(all, issuer.token(issuer.claims().put("iss", "https://other"))))
                .isEqualTo(new Verdict.NotMine());
    }

    @Test
    void newKeysAreFetchedWhenATokenNeedsThem() {
        JwtAuthenticators all = of("");
        assertThat(verdict(all, issuer.token(issuer.claims()))).isInstanceOf(Verdict.Known.class);
        RSAKey next = TestIssuer.rsa("next");
        issuer.keys.set(0, next);
        String token = TestIssuer.token(JWSAlgorithm.RS256, next, issuer.claims());
        time.advance(Duration.ofSeconds(1));

        assertThat(verdict(all, token)).isInstanceOf(Verdict.Known.class);
        assertThat(why(verdict(all, issuer.token(issuer.claims())))).contains("failed to verify id token signature");
    }

    @Test
    void forgedTokensDoNotMakeUsAskTheIssuerAllTheTime() {
        JwtAuthenticators all = of("");
        String forged = TestIssuer.token(JWSAlgorithm.RS256, TestIssuer.rsa("other"), issuer.claims());
        issuer.asked.clear();

        for (int i = 0; i < 10; i++) {
            verdict(all, forged);
        }

        assertThat(issuer.asked).containsExactly("/keys");
        time.advance(Duration.ofSeconds(1));
        verdict(all, forged);
        assertThat(issuer.asked).hasSize(2);
    }

    @Test
    void untilItHasDescribedItselfItsTokensAreRejected() {
        issuer.isSilent = true;
        JwtAuthenticators all = of("");
        assertThat(why(verdict(all, issuer.token(issuer.claims())))).isEqualTo("oidc: authenticator not initialized");

        issuer.isSilent = false;
        time.advance(Duration.ofSeconds(10));

        assertThat(verdict(all, issuer.token(issuer.claims()))).isInstanceOf(Verdict.Known.class);
    }

    @Test
    void whoeverDescribesAnotherIsNotIt() {
        issuer.called = "https://other.example";

        assertThat(why(verdict(of(""), issuer.token(issuer.claims()))))
                .isEqualTo("oidc: authenticator not initialized");
    }

    @Test
    void itMayDescribeItselfElsewhere() {
        assertThat(verdict(of(", discoveryURL: https://issuer.example/elsewhere"), issuer.token(issuer.claims())))
                .isInstanceOf(Verdict.Known.class);
        assertThat(issuer.asked).containsExactly("/elsewhere", "/keys");
    }

    @Test
    void aNewConfigurationTakesThePlaceOfTheOld() throws Exception {
        var flowing = new JwtAuthenticators(
                AuthenticationConfiguration.NONE,
                JwtAuthenticators.ALGORITHMS,
                List.of("https://own"),
                pem -> issuer,
                dev.longshore.base.Time.system());
        String token = issuer.token(issuer.claims().put("exp", 99_999_999_999L));
        assertThat(verdict(flowing, token)).isEqualTo(new Verdict.NotMine());

        flowing.replace(configuration(""), Duration.ofSeconds(30));
        assertThat(verdict(flowing, token)).isInstanceOf(Verdict.Known.class);

        issuer.isSilent = true;
        assertThatThrownBy(() -> flowing.replace(
                        configuration(", discoveryURL: https://issuer.example/elsewhere"), Duration.ofMillis(1)))
                .hasMessage("oidc: authenticator for issuer \"https://issuer.example\" is not initialized");
        assertThat(verdict(flowing, token)).as("the old one goes on").isInstanceOf(Verdict.Known.class);
        flowing.close();
    }
}
