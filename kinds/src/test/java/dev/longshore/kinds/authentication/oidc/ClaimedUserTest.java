package dev.longshore.kinds.authentication.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.kinds.authentication.Refusal;
import dev.longshore.model.UserInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClaimedUserTest {

    private static final String CLAIMS = """
            sub: alice
            email: alice@example.org
            email_verified: true
            roles: [dev, "", ops]
            team: red
            level: 3
            nested: {example.org/id: "42", list: [{a-b: x}]}
            """;

    private static UserInfo user(String rules) throws Refusal {
        return user(rules, CLAIMS);
    }

    private static UserInfo user(String rules, String claims) throws Refusal {
        var configuration = ConfigurationFile.read("""
                apiVersion: apiserver.config.k8s.io/v1
                kind: AuthenticationConfiguration
                jwt:
                - issuer: {url: https://issuer.example, audiences: [api]}
                """ + rules.indent(2));
        CompiledIssuer compiled =
                ConfigurationChecks.compile(configuration, List.of()).getFirst();
        return new ClaimedUser(compiled, Json.parse(Json.bytes(Yaml.parse(claims)))).make();
    }

    private static void refused(String rules, String claims, String why) {
        assertThatThrownBy(() -> user(rules, claims))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(why);
    }

    private static String by(String username) {
        return "claimMappings: {username: " + username + "}";
    }

    @Test
    void claimsWithPrefixesMakeAUser() throws Refusal {
        assertThat(user("""
                claimMappings:
                  username: {claim: sub, prefix: "u:"}
                  groups: {claim: roles, prefix: "g:"}
                  uid: {claim: email}
                """))
                .isEqualTo(new UserInfo("u:alice", "alice@example.org", List.of("g:dev", "g:", "g:ops"), Map.of()));
        assertThat(user("""
                claimMappings:
                  username: {claim: sub, prefix: ""}
                  groups: {claim: team, prefix: ""}
                """).groups()).containsExactly("red");
    }

    @Test
    void expressionsMakeAUser() throws Refusal {
        assertThat(user("""
                claimMappings:
                  username: {expression: 'claims.sub + "@" + claims.team'}
                  groups: {expression: 'claims.roles.map(r, "x:" + r)'}
                  uid: {expression: 'claims.nested.example__dot__org__slash__id'}
                  extra:
                  - {key: example.org/team, valueExpression: claims.team}
                  - {key: example.org/roles, valueExpression: claims.roles}
                  - {key: example.org/deep, valueExpression: 'claims.nested.list[0].a__dash__b'}
                  - {key: example.org/none, valueExpression: '""'}
                  - {key: example.org/missing, valueExpression: 'claims.?missing.orValue("")'}
                """))
                .isEqualTo(new UserInfo(
                        "alice@red",
                        "42",
                        List.of("x:dev", "x:", "x:ops"),
                        Map.of(
                                "example.org/team", List.of("red"),
                                "example.org/roles", List.of("dev", "ops"),
                                "example.org/deep", List.of("x"))));
    }

    @Test
    void aClaimThatIsNeededMustBeThereAndOfItsKind() {
        refused(by("{claim: name, prefix: ''}"), CLAIMS, "oidc: parse username claims \"name\": claim not present");
        refused(by("{claim: level, prefix: ''}"), CLAIMS, "oidc: parse username claims \"level\"");
        refused(by("{expression: claims.name}"), CLAIMS, "no such key: name");
        refused(by("{expression: claims.level}"), CLAIMS, "username claim expression must return a string");
        refused(by("{expression: '\"\"'}"), CLAIMS, "oidc: empty username via CEL expression is not allowed");
        refused(
                by("{claim: sub, prefix: ''}, groups: {claim: nested, prefix: ''}"),
                CLAIMS,
                "oidc: parse groups claim \"nested\"");
        refused(
                by("{claim: sub, prefix: ''}, groups: {expression: claims.level}"),
                CLAIMS,
                "expression must return a string or a list of strings");
    }

    @Test
    void anAddressThatIsNotVerifiedIsNobodys() throws Refusal {
        String rules = by("{claim: email, prefix: ''}");

        assertThat(user(rules).name()).isEqualTo("alice@example.org");
        assertThat(user(rules, "{email: a@b}").name()).isEqualTo("a@b");
        refused(rules, "{email: a@b, email_verified: false}", "oidc: email not verified");
        refused(rules, "{email: a@b, email_verified: 'true'}", "oidc: parse 'email_verified' claim");
    }

    @Test
    void rulesMustHold() throws Refusal {
        String named = by("{claim: sub, prefix: ''}") + "\n";

        assertThat(user(named + """
                claimValidationRules:
                - {claim: team, requiredValue: red}
                - {expression: 'claims.level > 2 && claims.level == 3', message: level}
                userValidationRules:
                - {expression: "!user.username.startsWith('system:')", message: reserved}
                - {expression: "user.groups.all(g, g != 'root')"}
                """).name()).isEqualTo("alice");
        refused(
                named + "claimValidationRules: [{claim: team, requiredValue: blue}]",
                CLAIMS,
                "oidc: required claim team value does not match. Got = red, want = blue");
        refused(
                named + "claimValidationRules: [{claim: none, requiredValue: x}]",
                CLAIMS,
                "oidc: required claim none not present in ID token");
        refused(
                named + "claimValidationRules: [{expression: claims.level > 3, message: too low}]",
                CLAIMS,
                "oidc: error evaluating claim validation expression: validation expression 'claims.level > 3' failed:"
                        + " too low");
        refused(
                named + "userValidationRules: [{expression: \"!user.username.startsWith('a')\", message: no a}]",
                CLAIMS,
                "oidc: error evaluating user info validation rule: validation expression"
                        + " '!user.username.startsWith('a')' failed: no a");
    }
}
