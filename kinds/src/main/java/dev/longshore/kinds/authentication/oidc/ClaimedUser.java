package dev.longshore.kinds.authentication.oidc;

import dev.cel.common.values.NullValue;
import dev.longshore.base.Json;
import dev.longshore.kinds.authentication.Refusal;
import dev.longshore.kinds.cel.Expression;
import dev.longshore.kinds.cel.IdentityExpression;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes a user of what a verified token claims.
///
/// @param rules of its issuer
record ClaimedUser(CompiledIssuer rules, JsonNode claims) {

    private static final String CREDENTIAL_ID = "authentication.kubernetes.io/credential-id";
    private static final String LIST = "expression must return a string or a list of strings";

    /// The user.
    ///
    /// @throws Refusal when a claim that is needed is missing or of the wrong kind, or a rule does not hold
    UserInfo make() throws Refusal {
        var user = new UserInfo(username(), uid(), groups(), extra());
        // In the original's order: the user first, since a rule may depend on nothing that cannot be mapped.
        requireClaims();
        requireRules("claim validation expression", rules.claimRules(), claims);
        requireRules("user info validation rule", rules.userRules(), described(user));
        return user;
    }

    private String username() throws Refusal {
        if (rules.username().isPresent()) {
            String name = text("username claim expression", rules.username().get());
            if (name.isEmpty()) {
                throw new Refusal("oidc: empty username via CEL expression is not allowed");
            }
            return name;
        }
        TrustedIssuer.Mapping mapping = rules.issuer().username();
        String name = claim("username claims", mapping.claim());
        if (mapping.claim().equals("email") && claims.has("email_verified")) {
            JsonNode verified = claims.path("email_verified");
            if (!verified.isBoolean()) {
                throw new Refusal("oidc: parse 'email_verified' claim: it is not a boolean");
            }
            if (!verified.asBoolean()) {
                throw new Refusal("oidc: email not verified");
            }
        }
        return mapping.prefix().orElse("") + name;
    }

    private String uid() throws Refusal {
        if (!rules.issuer().uid().claim().isEmpty()) {
            return claim("uid claim", rules.issuer().uid().claim());
        }
        return rules.uid().isPresent()
                ? text("uid claim expression", rules.uid().get())
                : "";
    }

    private List<String> groups() throws Refusal {
        TrustedIssuer.Mapping mapping = rules.issuer().groups();
        if (!mapping.claim().isEmpty() && claims.has(mapping.claim())) {
            String prefix = mapping.prefix().orElse("");
            return claimed(mapping.claim()).stream()
                    .map(group -> prefix + group)
                    .toList();
        }
        Optional<IdentityExpression> expression = rules.groups();
        if (expression.isEmpty()) {
            return List.of();
        }
        try {
            return texts(expression.get().evaluate(claims));
        } catch (Expression.Failed failed) {
            throw new Refusal("oidc: error evaluating group claim expression: " + failed.getMessage());
        } catch (IllegalArgumentException wrong) {
            throw new Refusal("oidc: error evaluating group claim expression: " + wrong.getMessage());
        }
    }

    private Map<String, List<String>> extra() throws Refusal {
        var extra = new LinkedHashMap<String, List<String>>();
        if (claims.path("jti").isString() && !claims.path("jti").asString().isEmpty()) {
            extra.put(CREDENTIAL_ID, List.of("JTI=" + claims.path("jti").asString()));
        }
        for (CompiledIssuer.Extra each : rules.extra()) {
            try {
                List<String> values = texts(each.value().evaluate(claims));
                if (!values.isEmpty()) {
                    extra.put(each.key(), values);
                }
            } catch (Expression.Failed failed) {
                throw new Refusal(failed.getMessage());
            } catch (IllegalArgumentException wrong) {
                throw new Refusal("oidc: error evaluating extra claim expression: "
                        + each.value().text() + ": " + wrong.getMessage());
            }
        }
        return extra;
    }

    private void requireClaims() throws Refusal {
        for (TrustedIssuer.ClaimRule rule : rules.issuer().claimRules()) {
            if (rule.claim().isEmpty()) {
                continue;
            }
            if (!claims.has(rule.claim())) {
                throw new Refusal("oidc: required claim " + rule.claim() + " not present in ID token");
            }
            String value = claim("claim", rule.claim());
            if (!value.equals(rule.requiredValue())) {
                throw new Refusal("oidc: required claim " + rule.claim() + " value does not match. Got = " + value
                        + ", want = " + rule.requiredValue());
            }
        }
    }

    private static void requireRules(String what, List<CompiledIssuer.Rule> rules, JsonNode about) throws Refusal {
        for (CompiledIssuer.Rule rule : rules) {
            Object answer;
            try {
                answer = rule.condition().evaluate(about);
            } catch (Expression.Failed failed) {
                throw new Refusal("oidc: error evaluating " + what + ": " + failed.getMessage());
            }
            if (!Boolean.TRUE.equals(answer)) {
                throw new Refusal("oidc: error evaluating " + what + ": validation expression '"
                        + rule.condition().text() + "' failed: " + rule.message());
            }
        }
    }

    private String text(String what, IdentityExpression expression) throws Refusal {
        try {
            if (expression.evaluate(claims) instanceof String text) {
                return text;
            }
        } catch (Expression.Failed failed) {
            throw new Refusal("oidc: error evaluating " + what + ": " + failed.getMessage());
        }
        throw new Refusal("oidc: error evaluating " + what + ": " + what + " must return a string");
    }

    private String claim(String what, String name) throws Refusal {
        JsonNode value = claims.path(name);
        if (value.isMissingNode()) {
            throw new Refusal("oidc: parse " + what + " \"" + name + "\": claim not present");
        }
        // Null is read as the empty text, as Go does.
        if (!value.isString() && !value.isNull()) {
            throw new Refusal("oidc: parse " + what + " \"" + name + "\": it is not a string");
        }
        return value.asString("");
    }

    /// A list of groups, or one that stands alone.
    private List<String> claimed(String name) throws Refusal {
        JsonNode value = claims.path(name);
        if (value.isString()) {
            return List.of(value.asString());
        }
        boolean isList =
                value.isNull() || value.isArray() && value.valueStream().allMatch(JsonNode::isString);
        if (!isList) {
            throw new Refusal("oidc: parse groups claim \"" + name + "\": it is not a string or a list of strings");
        }
        return value.valueStream().map(JsonNode::asString).toList();
    }

    private static List<String> texts(Object answer) {
        return switch (answer) {
            case String text -> text.isEmpty() ? List.of() : List.of(text);
            case NullValue _ -> List.of();
            case List<?> list -> {
                var texts = new ArrayList<String>();
                for (Object each : list) {
                    if (!(each instanceof String text)) {
                        throw new IllegalArgumentException(LIST);
                    }
                    if (!text.isEmpty()) {
                        texts.add(text);
                    }
                }
                yield texts;
            }
            default -> throw new IllegalArgumentException(LIST);
        };
    }

    private static ObjectNode described(UserInfo user) {
        ObjectNode described = Json.object().put("username", user.name()).put("uid", user.uid());
        user.groups().forEach(described.putArray("groups")::add);
        ObjectNode extra = described.putObject("extra");
        user.extra().forEach((key, values) -> values.forEach(extra.putArray(key)::add));
        return described;
    }
}
