package dev.longshore.server.config;

import dev.longshore.model.MetadataRules;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What this machine's node registers with, beside what every node says of itself: the kubelet's `--node-labels` and
/// `--register-with-taints`.
public record NodeMarks(Map<String, String> labels, List<Taint> taints) {

    /// Nothing.
    public static final NodeMarks NONE = new NodeMarks(Map.of(), List.of());

    private static final Set<String> WELL_KNOWN = Set.of(
            "node.kubernetes.io/instance-type",
            "beta.kubernetes.io/instance-type",
            "topology.kubernetes.io/region",
            "topology.kubernetes.io/zone",
            "failure-domain.beta.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/zone");
    private static final List<String> OPEN = List.of("kubelet.kubernetes.io", "node.kubernetes.io");

    public NodeMarks {
        labels = Map.copyOf(labels);
        taints = List.copyOf(taints);
    }

    /// From `KEY=VALUE,…` and `KEY=VALUE:EFFECT,…`; empty texts for none.
    ///
    /// @throws IllegalArgumentException naming the flag and what is wrong with it
    public static NodeMarks parse(String labels, String taints) {
        var named = new LinkedHashMap<String, String>();
        parts(labels).forEach(label -> {
            int split = label.indexOf('=');
            String key = split < 0 ? label : label.substring(0, split);
            named.put(key, checked(key, split < 0 ? "" : label.substring(split + 1)));
        });
        try {
            return new NodeMarks(named, parts(taints).map(Taints::parse).toList());
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("--register-with-taints: " + wrong.getMessage(), wrong);
        }
    }

    private static Stream<String> parts(String text) {
        return Stream.of(text.split(",")).map(String::strip).filter(part -> !part.isEmpty());
    }

    private static String checked(String key, String value) {
        List<String> wrong = Stream.concat(
                        MetadataRules.qualifiedName(key).stream(), MetadataRules.labelValue(value).stream())
                .toList();
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("--node-labels: \"%s=%s\": %s".formatted(key, value, wrong.getFirst()));
        }
        if (isReserved(key)) {
            throw new IllegalArgumentException(
                    ("--node-labels: \"%s\": in the name spaces kubernetes.io and k8s.io a node names itself only with the"
                                    + " prefixes kubelet.kubernetes.io and node.kubernetes.io, or %s")
                            .formatted(key, WELL_KNOWN.stream().sorted().collect(Collectors.joining(", "))));
        }
        return value;
    }

    /// A node that may call itself what it likes could draw pods to itself that are meant for others.
    private static boolean isReserved(String key) {
        int slash = key.indexOf('/');
        String space = slash < 0 ? "" : key.substring(0, slash);
        return (isWithin(space, "kubernetes.io") || isWithin(space, "k8s.io"))
                && OPEN.stream().noneMatch(open -> isWithin(space, open))
                && !WELL_KNOWN.contains(key);
    }

    private static boolean isWithin(String space, String parent) {
        return space.equals(parent) || space.endsWith("." + parent);
    }
}
