package dev.longshore.apiserver;

import dev.longshore.model.ResourceDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which versions of which resources are served, as kube-apiserver's `--runtime-config` says it: a list of
/// `KEY=true` and `KEY=false` with commas between, where a bare KEY means true. The more special wins:
///
/// | KEY | what it switches |
/// |---|---|
/// | `api/all` | everything |
/// | `api/ga`, `api/beta`, `api/alpha` | every version of that stability |
/// | `GROUP/VERSION`, of the core group `v1` or `api/v1` | one version of a group |
/// | `GROUP/VERSION/RESOURCE` | one resource of it |
///
/// What nothing switches is as its definition has it: alpha and beta versions are off.
public final class RuntimeConfig {

    /// Every version as its definition has it.
    public static final RuntimeConfig DEFAULT = new RuntimeConfig(Map.of());

    private static final Map<String, Pattern> BY_STABILITY = orderedStabilities();

    private final Map<String, Boolean> switches;

    private RuntimeConfig(Map<String, Boolean> switches) {
        this.switches = Map.copyOf(switches);
    }

    private static Map<String, Pattern> orderedStabilities() {
        var ordered = new LinkedHashMap<String, Pattern>();
        ordered.put("api/all", Pattern.compile("v.*"));
        ordered.put("api/ga", Pattern.compile("v\\d+"));
        ordered.put("api/beta", Pattern.compile("v\\d+beta\\d+"));
        ordered.put("api/alpha", Pattern.compile("v\\d+alpha\\d+"));
        return ordered;
    }

    /// Reads a list of switches.
    ///
    /// @throws IllegalArgumentException that says which part is wrong
    public static RuntimeConfig parse(String text) {
        var switches = new LinkedHashMap<String, Boolean>();
        for (String part : text.split(",")) {
            String entry = part.strip();
            if (entry.isEmpty()) {
                continue;
            }
            int equals = entry.indexOf('=');
            String key = equals < 0 ? entry : entry.substring(0, equals).strip();
            String value = equals < 0 ? "true" : entry.substring(equals + 1).strip();
            switches.put(canonical(key), isOn(key, value));
        }
        if (switches.equals(Map.of("api/all", false))) {
            throw new IllegalArgumentException("api/all=false alone leaves nothing to serve");
        }
        return new RuntimeConfig(switches);
    }

    private static boolean isOn(String key, String value) {
        return switch (value) {
            case "", "true", "1" -> true;
            case "false", "0" -> false;
            default ->
                throw new IllegalArgumentException(
                        "invalid value of %s: %s is neither true nor false".formatted(key, value));
        };
    }

    /// `api/v1` is the older name of `v1`.
    private static String canonical(String key) {
        Matcher core = Pattern.compile("(?:api/)?(v\\d[a-z0-9]*)((?:/[a-z]+)?)").matcher(key);
        if (core.matches()) {
            return core.group(1) + core.group(2);
        }
        boolean isKnownForm = BY_STABILITY.containsKey(key) || key.matches("[a-z0-9.-]+/v\\d[a-z0-9]*(/[a-z]+)?");
        if (!isKnownForm) {
            throw new IllegalArgumentException(
                    "%s is none of api/all, api/ga, api/beta, api/alpha, GROUP/VERSION, GROUP/VERSION/RESOURCE"
                            .formatted(key));
        }
        return key;
    }

    /// Those of `definitions` that are served.
    ///
    /// @throws IllegalArgumentException when a switch names what there is not
    public List<ResourceDefinition> served(List<ResourceDefinition> definitions) {
        requireKnown(definitions);
        return definitions.stream().filter(this::isServed).toList();
    }

    private boolean isServed(ResourceDefinition definition) {
        return isServed(definition.kind().apiVersion(), definition.names().plural(), definition.isServedByDefault());
    }

    /// Whether `resource` of `apiVersion`, which is off by default, is served.
    public boolean serves(String apiVersion, String resource) {
        return isServed(apiVersion, resource, false);
    }

    private boolean isServed(String apiVersion, String resource, boolean usually) {
        String version = apiVersion.substring(apiVersion.indexOf('/') + 1);
        boolean isServed = usually;
        for (var stability : BY_STABILITY.entrySet()) {
            if (stability.getValue().matcher(version).matches()) {
                isServed = asked(stability.getKey()).orElse(isServed);
            }
        }
        isServed = asked(apiVersion).orElse(isServed);
        return asked(apiVersion + "/" + resource).orElse(isServed);
    }

    private Optional<Boolean> asked(String key) {
        return Optional.ofNullable(switches.get(key));
    }

    private void requireKnown(List<ResourceDefinition> definitions) {
        var unknown = new TreeSet<>(switches.keySet());
        unknown.removeAll(BY_STABILITY.keySet());
        for (ResourceDefinition definition : definitions) {
            String version = definition.kind().apiVersion();
            unknown.remove(version);
            unknown.remove(version + "/" + definition.names().plural());
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("unknown api versions or resources: " + String.join(", ", unknown));
        }
    }
}
