package dev.longshore.kinds.authentication.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigurationChecksTest {

    private static final String HEAD = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n";
    private static final String ISSUER = "issuer: {url: https://a, audiences: [api]}";
    private static final String BY_SUB = "claimMappings: {username: {claim: sub, prefix: ''}}";

    private static void check(String yaml) {
        ConfigurationChecks.require(ConfigurationFile.read(HEAD + yaml), List.of("https://own"));
    }

    private static void refused(String yaml, String why) {
        assertThatThrownBy(() -> check(yaml))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private static void refusedJwt(String jwt, String why) {
        refused("jwt: [{" + jwt + "}]", why);
    }

    @Test
    void whatMakesSenseIsTaken() {
        check("");
        check("jwt: []\nanonymous: {enabled: true, conditions: [{path: /livez}]}");
        check("jwt: [{" + ISSUER + ", " + BY_SUB + "}]");
        check("jwt: [{issuer: {url: https://a, audiences: [a, b], audienceMatchPolicy: MatchAny}, " + BY_SUB + "}]");
        assertThat(ConfigurationFile.read(HEAD + "anonymous: {enabled: false}").anonymous())
                .contains(new AuthenticationConfiguration.Anonymous(false, List.of()));
    }

    @Test
    void whatNobodyKnowsIsRefused() {
        refused("jwts: []", "strict decoding error: unknown field \"jwts\"");
        refused("jwt: [{issuer: {uri: x}}]", "unknown field \"jwt[0].issuer.uri\"");
        assertThatThrownBy(() -> ConfigurationFile.read("apiVersion: v1\nkind: AuthenticationConfiguration"))
                .hasMessageContaining("no kind \"AuthenticationConfiguration\" is registered for version \"v1\"");
    }

    @Test
    void anIssuerIsAUrlOfHttps() {
        refusedJwt("issuer: {audiences: [api]}, " + BY_SUB, "jwt[0].issuer.url: Required value");
        refusedJwt(
                "issuer: {url: 'http://a', audiences: [api]}, " + BY_SUB,
                "jwt[0].issuer.url: Invalid value: \"http://a\": URL scheme must be https");
        refusedJwt("issuer: {url: 'https://u:p@a', audiences: [api]}", "URL must not contain a username or password");
        refusedJwt("issuer: {url: 'https://a?b', audiences: [api]}", "URL must not contain a query");
        refusedJwt("issuer: {url: 'https://a#b', audiences: [api]}", "URL must not contain a fragment");
        refusedJwt(
                "issuer: {url: 'https://own', audiences: [api]}",
                "URL must not overlap with disallowed issuers: [https://own]");
        refusedJwt(
                "issuer: {url: 'https://a/', discoveryURL: 'https://a', audiences: [api]}",
                "discoveryURL must be different from URL");
        refusedJwt("issuer: {url: 'https://a', audiences: [api], certificateAuthority: x}", "\"<omitted>\"");
        refused(
                "jwt: [{" + ISSUER + ", " + BY_SUB + "}, {" + ISSUER + ", " + BY_SUB + "}]",
                "jwt[1].issuer.url: Duplicate value: \"https://a\"");
    }

    @Test
    void audiencesAreNamed() {
        refusedJwt(
                "issuer: {url: 'https://a'}",
                "jwt[0].issuer.audiences: Required value: at least one jwt[0].issuer.audiences is required");
        refusedJwt("issuer: {url: 'https://a', audiences: [a, a]}", "jwt[0].issuer.audiences[1]: Duplicate value");
        refusedJwt(
                "issuer: {url: 'https://a', audiences: [a, b]}",
                "audienceMatchPolicy must be MatchAny for multiple audiences");
        refusedJwt(
                "issuer: {url: 'https://a', audiences: [a], audienceMatchPolicy: All}",
                "audienceMatchPolicy must be empty or MatchAny for single audience");
    }

    @Test
    void mappingsAreAClaimOrAnExpression() {
        String username = "jwt[0].claimMappings.username";
        refusedJwt(ISSUER, username + ": Required value: claim or expression is required");
        refusedJwt(
                ISSUER + ", claimMappings: {username: {claim: a, expression: b}}",
                username + ": Invalid value: \"\": claim and expression can't both be set");
        refusedJwt(ISSUER + ", claimMappings: {username: {claim: a}}", username + ".prefix: Required value: prefix is");
        refusedJwt(
                ISSUER + ", claimMappings: {username: {expression: claims.a, prefix: ''}}",
                username + ".prefix: Invalid value: \"\": may not be specified when expression is set");
        refusedJwt(
                ISSUER + ", claimMappings: {username: {expression: 'claim.a'}}",
                username + ".expression: Invalid value: \"claim.a\": compilation failed: ");
    }

    @Test
    void anAddressIsNobodysWithoutVerification() {
        String why = "claims.email_verified must be used in claimMappings.username.expression";
        refusedJwt(ISSUER + ", claimMappings: {username: {expression: claims.email}}", why);
        refusedJwt(ISSUER + ", claimMappings: {username: {expression: 'claims.?email.orValue(\"\")'}}", why);
        check("jwt: [{" + ISSUER + ", claimMappings: {username: {expression: claims.email}}, claimValidationRules:"
                + " [{expression: 'claims.?email_verified.orValue(true) == true'}]}]");
    }

    @Test
    void furtherFactsHaveKeysOfTheirOwn() {
        refusedExtra("{key: team, valueExpression: claims.a}", "must be a domain-prefixed path");
        refusedExtra("{key: a.io/B, valueExpression: claims.a}", "must be lowercase");
        refusedExtra("{key: x.k8s.io/b, valueExpression: claims.a}", "are reserved for Kubernetes use");
        refusedExtra("{key: a.io/b}", "jwt[0].claimMappings.extra[0].valueExpression: Required value");
        refusedExtra(
                "{key: a.io/b, valueExpression: claims.a}, {key: a.io/b, valueExpression: claims.a}",
                "jwt[0].claimMappings.extra[1].key: Duplicate value: \"a.io/b\"");
    }

    private static void refusedExtra(String extra, String why) {
        refusedJwt(ISSUER + ", claimMappings: {username: {claim: sub, prefix: ''}, extra: [" + extra + "]}", why);
    }

    @Test
    void rulesAreConditions() {
        String at = "jwt[0].claimValidationRules[0]";
        refusedRule("{}", at + ": Required value: claim or expression is required");
        refusedRule("{claim: a, expression: b}", at + ": Invalid value: \"a\": claim and expression can't both be set");
        refusedRule("{claim: a, message: m}", at + ".message");
        refusedRule("{expression: 'true', requiredValue: m}", at + ".requiredValue");
        refusedRule("{expression: claims.a}", at + ".expression: Invalid value: \"claims.a\": must evaluate to bool");
        refusedRule(
                "{expression: 'true'}, {expression: 'true'}",
                "jwt[0].claimValidationRules[1].expression: Duplicate value: \"true\"");
        refusedJwt(
                ISSUER + ", " + BY_SUB + ", userValidationRules: [{expression: user.name == 'a'}]",
                "jwt[0].userValidationRules[0].expression: Invalid value: ");
        refusedJwt(
                ISSUER + ", " + BY_SUB + ", userValidationRules: [{message: a}]",
                "jwt[0].userValidationRules[0].expression: Required value");
    }

    private static void refusedRule(String rules, String why) {
        refusedJwt(ISSUER + ", " + BY_SUB + ", claimValidationRules: [" + rules + "]", why);
    }

    @Test
    void conditionsOfStrangersNeedStrangers() {
        refused(
                "anonymous: {enabled: false, conditions: [{path: /livez}]}",
                "anonymous.conditions: Invalid value: [{\"path\":\"/livez\"}]: enabled should be set to true when"
                        + " conditions are defined");
    }
}
