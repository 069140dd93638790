package dev.longshore.kinds.authentication.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import dev.longshore.base.ManualTime;
import dev.longshore.model.Authenticator.Credentials;
import dev.longshore.model.Authenticator.Verdict;
import dev.longshore.model.OutboundHttp;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DistributedGroupsTest {

    private static final String ENDPOINT = "https://groups.example/of/alice";
    private static final String OTHER = "https://other.example";
    private static final RSAKey OTHER_KEY = TestIssuer.rsa("other");
    private static final String UNRESOLVED = "oidc: could not expand distributed claims: ";

    private final ManualTime time = new ManualTime();
    private final TestIssuer issuer = new TestIssuer(time);
    private final JwtAuthenticators all = new JwtAuthenticators(
            ConfigurationFile.read("""
            apiVersion: apiserver.config.k8s.io/v1
            kind: AuthenticationConfiguration
            jwt:
            - issuer: {url: https://issuer.example, audiences: [api]}
              claimMappings: {username: {claim: sub, prefix: ""}, groups: {claim: groups, prefix: "g:"}}
            """), JwtAuthenticators.ALGORITHMS, List.of(), pem -> issuer, time);

    @BeforeEach
    void start() {
        all.start();
        time.advance(Duration.ZERO);
    }

    /// A token whose groups are at the endpoint.
    private ObjectNode elsewhere() {
        ObjectNode claims = issuer.claims();
        claims.putObject("_claim_names").put("groups", "there");
        source(claims);
        return claims;
    }

    private static ObjectNode source(ObjectNode claims) {
        return claims.putObject("_claim_sources").putObject("there").put("endpoint", ENDPOINT);
    }

    private ObjectNode groups(String... names) {
        ObjectNode claims = issuer.claims();
        for (String name : names) {
            claims.withArray("groups").add(name);
        }
        return claims;
    }

    private void serve(String token) {
        issuer.pages.put(ENDPOINT, TestIssuer.answer(token));
    }

    /// Has the other issuer describe itself.
    private void describeOther() {
        issuer.pages.put(
                OTHER + "/.well-known/openid-configuration",
                TestIssuer.answer("{\"issuer\":\"" + OTHER + "\",\"jwks_uri\":\"" + OTHER + "/other-keys\"}"));
        issuer.pages.put(OTHER + "/other-keys", TestIssuer.answer(new JWKSet(OTHER_KEY).toString()));
    }

    private String ofOther(Consumer<ObjectNode> more) {
        ObjectNode claims = groups("ops").put("iss", OTHER);
        more.accept(claims);
        return TestIssuer.token(JWSAlgorithm.RS256, OTHER_KEY, claims);
    }

    private Verdict verdict(ObjectNode claims) {
        return all.authenticate(Credentials.ofToken(issuer.token(claims), List.of()));
    }

    private List<String> known(ObjectNode claims) {
        return verdict(claims) instanceof Verdict.Known known ? known.user().groups() : List.of("nobody");
    }

    private String why(ObjectNode claims) {
        return verdict(claims) instanceof Verdict.Rejected(String why) ? why : "not rejected";
    }

    @Test
    void groupsAreFetchedFromTheSourceThatATokenNames() {
        serve(issuer.token(groups("dev", "ops")) + "\n");
        ObjectNode claims = elsewhere();
        source(claims).put("access_token", "sesame");

        assertThat(known(claims)).containsExactly("g:dev", "g:ops");
        assertThat(issuer.lastHeaders).containsEntry("Authorization", "Bearer sesame");
        known(elsewhere());
        assertThat(issuer.lastHeaders).isEmpty();
    }

    @Test
    void oneGroupMayStandAlone() {
        serve(issuer.token(issuer.claims().put("groups", "dev")));

        assertThat(known(elsewhere())).containsExactly("g:dev");
    }

    @Test
    void aClaimThatIsThereWins() {
        ObjectNode claims = elsewhere();
        claims.putArray("groups").add("near");

        assertThat(known(claims)).containsExactly("g:near");
        assertThat(issuer.asked).doesNotContain("/of/alice");
    }

    @Test
    void otherClaimsAndEnclosedOnesAreLeftAlone() {
        ObjectNode other = issuer.claims();
        other.putObject("_claim_names").put("address", "there");
        source(other);
        ObjectNode enclosed = issuer.claims();
        enclosed.putObject("_claim_names").put("groups", "there");
        enclosed.putObject("_claim_sources").putObject("there").put("JWT", issuer.token(groups("dev")));

        assertThat(known(other)).isEmpty();
        assertThat(known(enclosed)).isEmpty();
        assertThat(issuer.asked).doesNotContain("/of/alice");
    }

    @Test
    void theSourceMayPassOnTheWordOfAnotherIssuer() {
        describeOther();
        serve(ofOther(claims -> {}));

        assertThat(known(elsewhere())).containsExactly("g:ops");
    }

    @Test
    void anIssuerThatDoesNotAnswerIsAskedEveryTenSeconds() {
        serve(ofOther(claims -> {}));
        String why = UNRESOLVED + "verifying untrusted issuer " + OTHER
                + " failed: verifier not initialized for issuer: \"" + OTHER + "\"";
        assertThat(why(elsewhere())).isEqualTo(why);
        describeOther();

        assertThat(why(elsewhere())).isEqualTo(why);
        time.advance(Duration.ofSeconds(10));

        assertThat(known(elsewhere())).containsExactly("g:ops");
    }

    @Test
    void whatTheSourceSaysMustHoldLikeAnyToken() {
        describeOther();
        String refused = UNRESOLVED + "verify distributed claim token: ";

        serve(ofOther(claims -> claims.put("aud", "vault")));
        assertThat(why(elsewhere())).isEqualTo(refused + "oidc: expected audience in [api] got [vault]");
        serve(ofOther(claims -> claims.put("exp", 1)));
        assertThat(why(elsewhere())).startsWith(refused + "oidc: token is expired");
        serve(TestIssuer.token(
                JWSAlgorithm.RS256, TestIssuer.rsa("other"), groups("root").put("iss", OTHER)));
        assertThat(why(elsewhere())).startsWith(refused + "failed to verify signature");
        serve(ofOther(claims -> claims.remove("groups")));
        assertThat(why(elsewhere()))
                .isEqualTo(UNRESOLVED + "jwt returned by distributed claim endpoint \"" + ENDPOINT
                        + "\" did not contain claim: groups");
    }

    @Test
    void nonsenseIsRefused() {
        String endless = "a".repeat(1024 * 1024 + 1);
        for (String nonsense : List.of("", "{}", "a.b", "a.b.c.d", endless)) {
            serve(nonsense);
            assertThat(why(elsewhere()))
                    .isEqualTo(UNRESOLVED + "getting untrusted issuer from endpoint " + ENDPOINT
                            + " failed for claim \"groups\": malformed token");
        }
        issuer.pages.put(ENDPOINT, new OutboundHttp.Answer(500, new byte[0]));
        assertThat(why(elsewhere()))
                .isEqualTo(UNRESOLVED
                        + "while getting distributed claim \"groups\": error while getting distributed claim JWT: 500");
        ObjectNode nowhere = elsewhere();
        source(nowhere).put("endpoint", "https://[");
        assertThat(why(nowhere)).startsWith(UNRESOLVED + "while getting distributed claim \"groups\": ");
    }

    @Test
    void aTokenThatNamesASourceMustDescribeIt() {
        ObjectNode none = issuer.claims();
        none.putObject("_claim_names").put("groups", "there");
        ObjectNode empty = elsewhere();
        empty.putObject("_claim_names").put("groups", "");
        ObjectNode list = elsewhere();
        list.putArray("_claim_names").add("groups");

        assertThat(why(none)).isEqualTo("oidc: verify token: oidc: source does not exist");
        assertThat(why(empty)).isEqualTo("oidc: verify token: oidc: failed to obtain source from claim name");
        assertThat(why(list)).startsWith("oidc: verify token: oidc: failed to unmarshal claims");
    }

    @Test
    void manyStrangeIssuersDoNotKeepOthersFromBeingHeard() {
        for (int i = 0; i < 40; i++) {
            String url = OTHER + "/" + i;
            serve(ofOther(claims -> claims.put("iss", url)));
            assertThat(why(elsewhere())).contains("verifier not initialized");
        }
        describeOther();
        serve(ofOther(claims -> {}));

        assertThat(known(elsewhere())).containsExactly("g:ops");
    }
}
