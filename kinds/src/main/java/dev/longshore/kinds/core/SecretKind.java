package dev.longshore.kinds.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.ConfigKeys;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Values that not everybody may see.
final class SecretKind {

    private static final String HIDDEN = "<secret contents redacted>";

    private SecretKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "Secret", "secrets")
                .noGeneration()
                .field("type")
                .table(Columns.named()
                        .text("Type", "What its keys are for.", secret -> secret.text("type"))
                        .text("Data", "How many keys it has.", secret ->
                                (long) secret.at("data").size())
                        .age()
                        .table())
                .defaults(SecretKind::defaults)
                .checks(SecretKind::check)
                .changeChecks((checks, secret, old) -> {
                    checks.unchanged("type", secret, old, "type");
                    ConfigChecks.immutable(checks, secret, old, "data");
                })
                .warnings(SecretKind::warnings)
                .build();
    }

    private static void defaults(ObjectNode secret) {
        Defaults.put(secret, "type", "Opaque");
        // Write-only: it is never stored, so it counts for whoever sent it and nobody after.
        Trees.object(secret, "stringData").ifPresent(plain -> {
            ObjectNode data = Defaults.object(secret, "data");
            plain.properties()
                    .forEach(entry -> data.put(
                            entry.getKey(),
                            Base64.getEncoder()
                                    .encodeToString(
                                            entry.getValue().asString("").getBytes(UTF_8))));
        });
        secret.remove("stringData");
    }

    private static void check(Checks checks, ObjectNode secret) {
        var data = secret.path("data");
        data.propertyNames().forEach(key -> ConfigKeys.check(checks, "data[" + key + "]", key));
        ConfigChecks.size(checks, "data", ConfigChecks.decodedSize(data));
        switch (Trees.text(secret, "type")) {
            case "kubernetes.io/tls" -> keys(checks, secret, "tls.crt", "tls.key");
            case "kubernetes.io/ssh-auth" ->
                checks.requiredText("data[ssh-privatekey]", Trees.text(data, "ssh-privatekey"));
            case "kubernetes.io/dockerconfigjson" -> json(checks, secret, ".dockerconfigjson");
            case "kubernetes.io/dockercfg" -> json(checks, secret, ".dockercfg");
            case "kubernetes.io/basic-auth" -> {
                if (!data.has("username") && !data.has("password")) {
                    checks.required("data[username]");
                    checks.required("data[password]");
                }
            }
            case "kubernetes.io/service-account-token" -> {
                if (Trees.text(secret, "metadata", "annotations", "kubernetes.io/service-account.name")
                        .isEmpty()) {
                    checks.required("metadata.annotations[kubernetes.io/service-account.name]");
                }
            }
            default -> {
                // Other types promise nothing about their keys.
            }
        }
    }

    /// Says so if a certificate and a key are not a pair; that is no reason to refuse them.
    private static List<String> warnings(Resource secret) {
        return secret.text("type").equals("kubernetes.io/tls")
                ? KeyPairs.fault(decoded(secret, "tls.crt"), decoded(secret, "tls.key")).stream()
                        .toList()
                : List.of();
    }

    private static byte[] decoded(Resource secret, String key) {
        try {
            return Base64.getDecoder().decode(secret.text("data", key));
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }

    private static void keys(Checks checks, ObjectNode secret, String... wanted) {
        for (String key : List.of(wanted)) {
            if (!Trees.has(secret, "data", key)) {
                checks.required("data[" + key + "]");
            }
        }
    }

    private static String goType(JsonNode json) {
        return switch (json.getNodeType()) {
            case ARRAY -> "array";
            case STRING -> "string";
            case BOOLEAN -> "bool";
            default -> "number";
        };
    }

    private static void json(Checks checks, ObjectNode secret, String key) {
        keys(checks, secret, key);
        if (Trees.has(secret, "data", key)) {
            try {
                var json = Json.parse(Base64.getDecoder().decode(Trees.text(secret, "data", key)));
                if (!json.isObject() && !json.isNull()) {
                    checks.invalid(
                            "data[" + key + "]",
                            HIDDEN,
                            "json: cannot unmarshal " + goType(json)
                                    + " into Go value of type map[string]interface {}");
                }
            } catch (Json.MalformedException | IllegalArgumentException notJson) {
                checks.invalid("data[" + key + "]", HIDDEN, notJson.getMessage());
            }
        }
    }
}
