package dev.longshore.kinds.authentication.oidc;

import static dev.longshore.kinds.kit.StrictConfiguration.Type.FLAG;
import static dev.longshore.kinds.kit.StrictConfiguration.Type.OBJECT;
import static dev.longshore.kinds.kit.StrictConfiguration.Type.OBJECTS;
import static dev.longshore.kinds.kit.StrictConfiguration.Type.TEXT;
import static dev.longshore.kinds.kit.StrictConfiguration.Type.TEXTS;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.kinds.authentication.oidc.TrustedIssuer.ClaimRule;
import dev.longshore.kinds.authentication.oidc.TrustedIssuer.ExtraMapping;
import dev.longshore.kinds.authentication.oidc.TrustedIssuer.Mapping;
import dev.longshore.kinds.authentication.oidc.TrustedIssuer.UserRule;
import dev.longshore.kinds.kit.StrictConfiguration;
import dev.longshore.kinds.kit.Trees;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Reads an AuthenticationConfiguration, strictly: what nobody knows is refused.
public final class ConfigurationFile {

    private static final String GROUP = "apiserver.config.k8s.io/";
    private static final StrictConfiguration FORM = new StrictConfiguration(
            "AuthenticationConfiguration", List.of(GROUP + "v1", GROUP + "v1beta1", GROUP + "v1alpha1"), fields());

    private ConfigurationFile() {}

    private static Map<String, StrictConfiguration.Type> fields() {
        var fields = new HashMap<String, StrictConfiguration.Type>();
        fields.put("jwt", OBJECTS);
        fields.put("jwt.issuer", OBJECT);
        texts(fields, "jwt.issuer.", "url", "discoveryURL", "certificateAuthority", "audienceMatchPolicy");
        texts(fields, "jwt.issuer.", "egressSelectorType");
        fields.put("jwt.issuer.audiences", TEXTS);
        fields.put("jwt.claimValidationRules", OBJECTS);
        texts(fields, "jwt.claimValidationRules.", "claim", "requiredValue", "expression", "message");
        fields.put("jwt.claimMappings", OBJECT);
        fields.put("jwt.claimMappings.username", OBJECT);
        texts(fields, "jwt.claimMappings.username.", "claim", "prefix", "expression");
        fields.put("jwt.claimMappings.groups", OBJECT);
        texts(fields, "jwt.claimMappings.groups.", "claim", "prefix", "expression");
        fields.put("jwt.claimMappings.uid", OBJECT);
        texts(fields, "jwt.claimMappings.uid.", "claim", "expression");
        fields.put("jwt.claimMappings.extra", OBJECTS);
        texts(fields, "jwt.claimMappings.extra.", "key", "valueExpression");
        fields.put("jwt.userValidationRules", OBJECTS);
        texts(fields, "jwt.userValidationRules.", "expression", "message");
        fields.put("anonymous", OBJECT);
        fields.put("anonymous.enabled", FLAG);
        fields.put("anonymous.conditions", OBJECTS);
        texts(fields, "anonymous.conditions.", "path");
        return fields;
    }

    private static void texts(Map<String, StrictConfiguration.Type> fields, String parent, String... names) {
        for (String name : names) {
            fields.put(parent + name, TEXT);
        }
    }

    /// What `yaml` says; whether that makes sense is for [ConfigurationChecks].
    ///
    /// @throws IllegalArgumentException if it is no such configuration
    public static AuthenticationConfiguration read(String yaml) {
        JsonNode tree;
        try {
            tree = FORM.checked(Yaml.parse(yaml));
        } catch (Json.MalformedException malformed) {
            throw new IllegalArgumentException(malformed.getMessage(), malformed);
        }
        return new AuthenticationConfiguration(
                each(tree, "jwt").map(ConfigurationFile::issuer).toList(),
                Trees.object(tree, "anonymous")
                        .map(found -> new AuthenticationConfiguration.Anonymous(
                                Trees.flag(found, "enabled"),
                                each(found, "conditions")
                                        .map(condition -> Trees.text(condition, "path"))
                                        .toList())));
    }

    private static TrustedIssuer issuer(JsonNode jwt) {
        return new TrustedIssuer(
                Trees.text(jwt, "issuer", "url"),
                Trees.text(jwt, "issuer", "discoveryURL"),
                Trees.text(jwt, "issuer", "certificateAuthority"),
                Trees.strings(jwt, "issuer", "audiences"),
                Trees.text(jwt, "issuer", "audienceMatchPolicy"),
                Trees.text(jwt, "issuer", "egressSelectorType"),
                each(jwt, "claimValidationRules")
                        .map(rule -> new ClaimRule(
                                Trees.text(rule, "claim"),
                                Trees.text(rule, "requiredValue"),
                                Trees.text(rule, "expression"),
                                Trees.text(rule, "message")))
                        .toList(),
                mapping(jwt, "username"),
                mapping(jwt, "groups"),
                mapping(jwt, "uid"),
                each(jwt.path("claimMappings"), "extra")
                        .map(extra -> new ExtraMapping(Trees.text(extra, "key"), Trees.text(extra, "valueExpression")))
                        .toList(),
                each(jwt, "userValidationRules")
                        .map(rule -> new UserRule(Trees.text(rule, "expression"), Trees.text(rule, "message")))
                        .toList());
    }

    private static Mapping mapping(JsonNode jwt, String name) {
        JsonNode mapping = jwt.path("claimMappings").path(name);
        JsonNode prefix = mapping.path("prefix");
        return new Mapping(
                Trees.text(mapping, "claim"),
                prefix.isString() ? Optional.of(prefix.asString()) : Optional.empty(),
                Trees.text(mapping, "expression"));
    }

    private static Stream<JsonNode> each(JsonNode tree, String list) {
        return tree.path(list).valueStream();
    }
}
