package dev.longshore.kinds.authentication.oidc;

import dev.longshore.kinds.authentication.oidc.TrustedIssuer.ClaimRule;
import dev.longshore.kinds.authentication.oidc.TrustedIssuer.ExtraMapping;
import dev.longshore.kinds.authentication.oidc.TrustedIssuer.Mapping;
import dev.longshore.kinds.authentication.oidc.TrustedIssuer.UserRule;
import dev.longshore.kinds.cel.Expression;
import dev.longshore.kinds.cel.IdentityExpression;
import dev.longshore.model.Cause;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Whether what is made of an issuer's tokens makes sense, and its expressions.
final class MappingChecks {

    private static final Pattern HOST =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+");
    private static final Pattern RESERVED = Pattern.compile("(.*\\.)?(kubernetes|k8s)\\.io");

    private final List<Cause> causes;
    private final String path;
    private final TrustedIssuer issuer;

    MappingChecks(List<Cause> causes, String path, TrustedIssuer issuer) {
        this.causes = causes;
        this.path = path;
        this.issuer = issuer;
    }

    /// What compiles; the rest is among the causes.
    CompiledIssuer compile() {
        List<CompiledIssuer.Rule> claimRules = claimRules();
        String mappings = path + ".claimMappings";
        Optional<IdentityExpression> username = mapping(mappings + ".username", issuer.username(), true);
        Optional<IdentityExpression> groups = mapping(mappings + ".groups", issuer.groups(), false);
        Optional<IdentityExpression> uid = uid(mappings + ".uid");
        List<CompiledIssuer.Extra> extra = extra(mappings + ".extra");
        checkEmail(mappings, username, extra, claimRules);
        return new CompiledIssuer(issuer, claimRules, username, groups, uid, extra, userRules());
    }

    private List<CompiledIssuer.Rule> claimRules() {
        var rules = new ArrayList<CompiledIssuer.Rule>();
        var claims = new HashSet<String>();
        var expressions = new HashSet<String>();
        for (int i = 0; i < issuer.claimRules().size(); i++) {
            ClaimRule rule = issuer.claimRules().get(i);
            String at = path + ".claimValidationRules[" + i + "]";
            boolean hasClaim = !rule.claim().isEmpty();
            boolean hasExpression = !rule.expression().isEmpty();
            if (hasClaim && hasExpression) {
                invalid(at, rule.claim(), "claim and expression can't both be set");
            } else if (!hasClaim && !hasExpression) {
                causes.add(Cause.required(at, "claim or expression is required"));
            } else if (hasClaim) {
                if (!rule.message().isEmpty()) {
                    invalid(at + ".message", rule.message(), "may not be specified when claim is set");
                }
                if (!claims.add(rule.claim())) {
                    causes.add(Cause.duplicate(at + ".claim", Cause.quote(rule.claim())));
                }
            } else {
                if (!rule.requiredValue().isEmpty()) {
                    invalid(at + ".requiredValue", rule.requiredValue(), "may not be specified when expression is set");
                }
                if (!expressions.add(rule.expression())) {
                    causes.add(Cause.duplicate(at + ".expression", Cause.quote(rule.expression())));
                } else {
                    ofClaims(at + ".expression", rule.expression(), true)
                            .ifPresent(condition -> rules.add(new CompiledIssuer.Rule(condition, rule.message())));
                }
            }
        }
        return rules;
    }

    private Optional<IdentityExpression> mapping(String at, Mapping mapping, boolean isRequired) {
        boolean hasClaim = !mapping.claim().isEmpty();
        boolean hasExpression = !mapping.expression().isEmpty();
        if (hasClaim && hasExpression) {
            invalid(at, "", "claim and expression can't both be set");
        } else if (hasExpression) {
            mapping.prefix()
                    .ifPresent(
                            prefix -> invalid(at + ".prefix", prefix, "may not be specified when expression is set"));
            return ofClaims(at + ".expression", mapping.expression(), false);
        } else if (hasClaim && mapping.prefix().isEmpty()) {
            causes.add(Cause.required(
                    at + ".prefix",
                    "prefix is required when claim is set. It can be set to an empty string to disable prefixing"));
        } else if (!hasClaim && isRequired) {
            causes.add(Cause.required(at, "claim or expression is required"));
        }
        return Optional.empty();
    }

    private Optional<IdentityExpression> uid(String at) {
        Mapping uid = issuer.uid();
        if (!uid.claim().isEmpty() && !uid.expression().isEmpty()) {
            invalid(at, "", "claim and expression can't both be set");
            return Optional.empty();
        }
        return uid.expression().isEmpty() ? Optional.empty() : ofClaims(at + ".expression", uid.expression(), false);
    }

    private List<CompiledIssuer.Extra> extra(String list) {
        var extra = new ArrayList<CompiledIssuer.Extra>();
        var keys = new HashSet<String>();
        for (int i = 0; i < issuer.extra().size(); i++) {
            ExtraMapping mapping = issuer.extra().get(i);
            String at = list + "[" + i + "]";
            checkKey(at + ".key", mapping.key());
            if (!keys.add(mapping.key())) {
                causes.add(Cause.duplicate(at + ".key", Cause.quote(mapping.key())));
            } else if (mapping.expression().isEmpty()) {
                causes.add(Cause.required(at + ".valueExpression", ""));
            } else {
                ofClaims(at + ".valueExpression", mapping.expression(), false)
                        .ifPresent(value -> extra.add(new CompiledIssuer.Extra(mapping.key(), value)));
            }
        }
        return extra;
    }

    private void checkKey(String at, String key) {
        int slash = key.indexOf('/');
        if (key.isEmpty()) {
            causes.add(Cause.required(at, ""));
        } else if (slash < 1 || slash == key.length() - 1) {
            invalid(at, key, "must be a domain-prefixed path (such as \"acme.io/foo\")");
        } else {
            if (!HOST.matcher(key.substring(0, slash)).matches()) {
                invalid(
                        at,
                        key.substring(0, slash),
                        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.',"
                                + " and must start and end with an alphanumeric character (e.g. 'example.com', regex"
                                + " used for validation is"
                                + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
            }
            if (!PATH.matcher(key.substring(slash + 1)).matches()) {
                invalid(
                        at,
                        key.substring(slash + 1),
                        "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')");
            }
        }
        if (!key.equals(key.toLowerCase(Locale.ROOT))) {
            invalid(at, key, "must be lowercase");
        }
        if (slash > 0 && RESERVED.matcher(key.substring(0, slash)).matches()) {
            invalid(at, key, "k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use");
        }
    }

    private void checkEmail(
            String mappings,
            Optional<IdentityExpression> username,
            List<CompiledIssuer.Extra> extra,
            List<CompiledIssuer.Rule> claimRules) {
        boolean usesEmail = username.filter(name -> name.mentions("email")).isPresent();
        boolean isVerified = Stream.of(
                        username.stream(),
                        extra.stream().map(CompiledIssuer.Extra::value),
                        claimRules.stream().map(CompiledIssuer.Rule::condition))
                .flatMap(each -> each)
                .anyMatch(expression -> expression.mentions("email_verified"));
        if (usesEmail && !isVerified) {
            invalid(
                    mappings + ".username.expression",
                    issuer.username().expression(),
                    "claims.email_verified must be used in claimMappings.username.expression or"
                            + " claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when"
                            + " claims.email is used in claimMappings.username.expression");
        }
    }

    private List<CompiledIssuer.Rule> userRules() {
        var rules = new ArrayList<CompiledIssuer.Rule>();
        var seen = new HashSet<String>();
        for (int i = 0; i < issuer.userRules().size(); i++) {
            UserRule rule = issuer.userRules().get(i);
            String at = path + ".userValidationRules[" + i + "].expression";
            if (rule.expression().isEmpty()) {
                causes.add(Cause.required(at, ""));
            } else if (!seen.add(rule.expression())) {
                causes.add(Cause.duplicate(at, Cause.quote(rule.expression())));
            } else {
                try {
                    rules.add(new CompiledIssuer.Rule(IdentityExpression.ofUser(rule.expression()), rule.message()));
                } catch (Expression.Malformed malformed) {
                    invalid(at, rule.expression(), malformed.getMessage());
                }
            }
        }
        return rules;
    }

    private Optional<IdentityExpression> ofClaims(String at, String text, boolean isCondition) {
        try {
            return Optional.of(IdentityExpression.ofClaims(text, isCondition));
        } catch (Expression.Malformed malformed) {
            invalid(at, text, malformed.getMessage());
            return Optional.empty();
        }
    }

    private void invalid(String at, String value, String why) {
        causes.add(Cause.invalid(at, Cause.quote(value), why));
    }
}
