package dev.longshore.kubelet.images;

import dev.longshore.base.GoDurations;
import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.kubelet.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads one CredentialProviderConfig, strictly, and checks it by the kubelet's rules, in its words; all that is wrong
/// is told in one message.
final class CredentialProviderReader {

    private static final String KIND = "CredentialProviderConfig";
    private static final String V1 = "credentialprovider.kubelet.k8s.io/v1";
    private static final List<String> VERSIONS =
            List.of(V1, "credentialprovider.kubelet.k8s.io/v1alpha1", "credentialprovider.kubelet.k8s.io/v1beta1");
    private static final Set<String> FIELDS =
            Set.of("name", "matchImages", "defaultCacheDuration", "apiVersion", "args", "env", "tokenAttributes");
    private static final Set<String> TOKEN_FIELDS = Set.of(
            "serviceAccountTokenAudience",
            "cacheType",
            "requireServiceAccount",
            "requiredServiceAccountAnnotationKeys",
            "optionalServiceAccountAnnotationKeys");
    private static final List<String> CACHE_TYPES = List.of("ServiceAccount", "Token");

    private final List<String> errors = new ArrayList<>();

    private CredentialProviderReader() {}

    static List<CredentialProvider> read(Path file) {
        JsonNode tree;
        try {
            tree = Yaml.parseAsGo(Files.readString(file));
        } catch (IOException | Json.MalformedException unreadable) {
            throw new ConfigurationException(
                    "error decoding config \"%s\": %s".formatted(file, unreadable.getMessage()), unreadable);
        }
        String kind = tree.path("kind").asString("");
        String version = tree.path("apiVersion").asString("");
        if (!kind.equals(KIND) || !version.matches("kubelet\\.config\\.k8s\\.io/v1(alpha1|beta1)?")) {
            throw new ConfigurationException(
                    "error decoding config \"%s\": no kind \"%s\" is registered for version \"%s\""
                            .formatted(file, kind, version));
        }
        var reader = new CredentialProviderReader();
        reader.onlyFields("", tree, Set.of("kind", "apiVersion", "providers"));
        var providers = new ArrayList<CredentialProvider>();
        tree.path("providers").forEach(one -> reader.provider(one).ifPresent(providers::add));
        if (tree.path("providers").isEmpty()) {
            reader.errors.add("providers: Required value: at least 1 item in plugins is required");
        }
        if (!reader.errors.isEmpty()) {
            throw new ConfigurationException("failed to validate credential provider config: "
                    + (reader.errors.size() == 1 ? reader.errors.getFirst() : reader.errors));
        }
        return providers;
    }

    private Optional<CredentialProvider> provider(JsonNode tree) {
        int before = errors.size();
        onlyFields("providers.", tree, FIELDS);
        String name = tree.path("name").asString("");
        name(name);
        String version = tree.path("apiVersion").asString("");
        if (version.isEmpty()) {
            errors.add("providers.apiVersion: Required value");
        } else if (!VERSIONS.contains(version)) {
            errors.add("providers.apiVersion: Unsupported value: \"%s\": supported values: \"%s\""
                    .formatted(version, String.join("\", \"", VERSIONS)));
        }
        List<String> images = texts(tree.path("matchImages"));
        if (images.isEmpty()) {
            errors.add("providers.matchImages: Required value: at least 1 item in matchImages is required");
        }
        Duration life = life(tree.path("defaultCacheDuration"));
        Optional<CredentialProvider.TokenAttributes> token =
                tree.path("tokenAttributes").isObject()
                        ? Optional.of(token(tree.path("tokenAttributes"), version))
                        : Optional.empty();
        Map<String, String> environment = new HashMap<>();
        tree.path("env")
                .forEach(one -> environment.put(
                        one.path("name").asString(""), one.path("value").asString("")));
        return errors.size() > before
                ? Optional.empty()
                : Optional.of(new CredentialProvider(
                        name, images, life, version, texts(tree.path("args")), environment, token));
    }

    private void name(String name) {
        if (name.contains("/")) {
            invalidName(name, "provider name cannot contain '/'");
        }
        if (name.contains(" ")) {
            invalidName(name, "provider name cannot contain spaces");
        }
        if (name.equals(".") || name.equals("..")) {
            invalidName(name, "provider name cannot be '" + name + "'");
        }
    }

    private void invalidName(String name, String why) {
        errors.add("providers.name: Invalid value: \"%s\": %s".formatted(name, why));
    }

    private Duration life(JsonNode text) {
        if (text.isMissingNode() || text.isNull()) {
            errors.add("providers.defaultCacheDuration: Required value");
            return Duration.ZERO;
        }
        try {
            Duration life = GoDurations.parse(text.asString(""));
            if (life.isNegative()) {
                errors.add("providers.defaultCacheDuration: Invalid value: \"%s\": must be greater than or equal to 0"
                        .formatted(text.asString("")));
            }
            return life;
        } catch (IllegalArgumentException wrong) {
            errors.add("providers.defaultCacheDuration: " + wrong.getMessage());
            return Duration.ZERO;
        }
    }

    private CredentialProvider.TokenAttributes token(JsonNode tree, String version) {
        String at = "providers.tokenAttributes";
        onlyFields(at + ".", tree, TOKEN_FIELDS);
        String audience = tree.path("serviceAccountTokenAudience").asString("");
        if (audience.isEmpty()) {
            errors.add(at + ".serviceAccountTokenAudience: Required value");
        }
        JsonNode required = tree.path("requireServiceAccount");
        if (!required.isBoolean()) {
            errors.add(at + ".requireServiceAccount: Required value");
        }
        if (!version.equals(V1)) {
            errors.add(at + ": Forbidden: tokenAttributes is only supported for " + V1 + " API version");
        }
        List<String> keys = texts(tree.path("requiredServiceAccountAnnotationKeys"));
        List<String> more = texts(tree.path("optionalServiceAccountAnnotationKeys"));
        if (required.isBoolean() && !required.asBoolean() && !keys.isEmpty()) {
            errors.add(at + ".requiredServiceAccountAnnotationKeys: Forbidden: requireServiceAccount cannot be false"
                    + " when requiredServiceAccountAnnotationKeys is set");
        }
        List<String> both = keys.stream().filter(more::contains).sorted().toList();
        if (!both.isEmpty()) {
            errors.add(
                    at + ": Invalid value: %s: annotation keys cannot be both required and optional".formatted(both));
        }
        String cacheType = tree.path("cacheType").asString("");
        if (cacheType.isEmpty()) {
            errors.add(at + ".cacheType: Required value: cacheType is required to be set when tokenAttributes is"
                    + " specified. Supported values are: " + String.join(", ", CACHE_TYPES));
        } else if (!CACHE_TYPES.contains(cacheType)) {
            errors.add(at
                    + ".cacheType: Unsupported value: \"%s\": supported values: \"%s\""
                            .formatted(cacheType, String.join("\", \"", CACHE_TYPES)));
        }
        return new CredentialProvider.TokenAttributes(
                audience, required.asBoolean(false), keys, more, cacheType.equals("Token"));
    }

    private void onlyFields(String at, JsonNode tree, Set<String> known) {
        tree.properties().stream()
                .map(Map.Entry::getKey)
                .filter(field -> !known.contains(field))
                .forEach(field -> errors.add("unknown field \"%s%s\"".formatted(at, field)));
    }

    private static List<String> texts(JsonNode list) {
        var all = new ArrayList<String>();
        list.forEach(one -> all.add(one.asString("")));
        return all;
    }
}
