package dev.longshore.kinds.authorization;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.kinds.kit.FeatureGates;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The roles and bindings that every cluster begins with: those of Kubernetes 1.36, read from
/// `bootstrap-roles.txt`, which says how it is to be read, and those of what only this program has, or does in
/// its own way, read from `longshore-roles.txt`. Where a feature gate is open, `bootstrap-roles-GATE.txt` adds
/// roles, and rules to those before.
public final class BootstrapRoles {

    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final String AGGREGATE = GROUP + "/aggregate-to-";
    private static final String SYSTEM = "kube-system";
    private static final List<String> GATED = List.of(FeatureGates.TRUST_BUNDLES, FeatureGates.POD_CERTIFICATES);

    private final List<Resource> objects = new ArrayList<>();
    private Resource role;
    private Resource binding;

    private BootstrapRoles() {}

    /// All of them, as they should be where all gates are as usual.
    public static List<Resource> all() {
        return all(FeatureGates.USUAL);
    }

    /// All of them, as they should be.
    public static List<Resource> all(FeatureGates gates) {
        var roles = new BootstrapRoles();
        roles.readAll("bootstrap-roles.txt");
        roles.readAll("longshore-roles.txt");
        for (String gate : GATED) {
            if (gates.isOpen(gate)) {
                roles.readAll("bootstrap-roles-" + gate + ".txt");
            }
        }
        return List.copyOf(roles.objects);
    }

    private void readAll(String file) {
        try (var stream = BootstrapRoles.class.getResourceAsStream(file)) {
            new String(stream.readAllBytes(), UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .forEach(this::read);
        } catch (IOException broken) {
            throw new UncheckedIOException("cannot read " + file, broken);
        }
    }

    private void read(String line) {
        String[] words = line.split(" ");
        switch (words[0]) {
            case "role" -> begin(words[1], List.of(words).subList(2, words.length));
            case "controller" -> {
                begin("system:controller:" + words[1], List.of());
                bind("ServiceAccount", SYSTEM + "/" + words[1]);
            }
            case "further" -> {
                begin("longshore:controller:" + words[1], List.of());
                bind("ServiceAccount", SYSTEM + "/" + words[1]);
            }
            case "local" -> {
                role = object("Role", words[1], words[2]);
                role.tree().putArray("rules");
                binding = null;
                objects.add(role);
            }
            case "binding" -> beginBinding(words[1], "ClusterRole", "", words[2]);
            case "to" -> bind(words[1], words[2]);
            case "unbound" -> beginBinding();
            default -> rule(line.split(" \\| "));
        }
    }

    private static Resource object(String kind, String namespace, String name) {
        Resource object = Resource.of(new GroupVersionKind(GROUP, "v1", kind), namespace, name);
        object.metadata().putObject("labels").put("kubernetes.io/bootstrapping", "rbac-defaults");
        object.metadata().putObject("annotations").put("rbac.authorization.kubernetes.io/autoupdate", "true");
        return object;
    }

    private void begin(String name, List<String> options) {
        Optional<Resource> known = objects.stream()
                .filter(object -> object.kind().kind().equals("ClusterRole")
                        && object.name().equals(name))
                .findFirst();
        if (known.isPresent()) {
            role = known.get();
            binding = null;
            return;
        }
        role = object("ClusterRole", "", name);
        binding = null;
        role.tree().putArray("rules");
        for (String option : options) {
            String value = option.substring(option.indexOf('=') + 1);
            if (option.startsWith("aggregate=")) {
                for (String target : value.split(",")) {
                    role.metadata().withObject("labels").put(AGGREGATE + target, "true");
                }
            } else {
                role.tree()
                        .putObject("aggregationRule")
                        .putArray("clusterRoleSelectors")
                        .addObject()
                        .putObject("matchLabels")
                        .put(AGGREGATE + value, "true");
            }
        }
        objects.add(role);
    }

    private void rule(String[] columns) {
        ObjectNode rule = ((ArrayNode) role.at("rules")).addObject();
        if (columns[0].equals("url")) {
            put(rule, "nonResourceURLs", columns[1]);
            put(rule, "verbs", columns[2]);
            return;
        }
        put(rule, "apiGroups", columns[0]);
        put(rule, "resources", columns[1]);
        put(rule, "verbs", columns[2]);
        if (columns.length > 3) {
            put(rule, "resourceNames", columns[3]);
        }
    }

    private static void put(ObjectNode rule, String field, String values) {
        ArrayNode list = rule.putArray(field);
        for (String value : values.split(",")) {
            list.add(value.equals("core") ? "" : value);
        }
    }

    /// Some are for administrators to fill.
    private void beginBinding() {
        if (binding == null) {
            String name = role.name().startsWith("extension-") ? "system::" + role.name() : role.name();
            beginBinding(name, role.kind().kind(), role.namespace(), role.name());
        }
    }

    private void beginBinding(String name, String kind, String namespace, String roleName) {
        binding = object(kind + "Binding", namespace, name);
        binding.tree()
                .putObject("roleRef")
                .put("apiGroup", GROUP)
                .put("kind", kind)
                .put("name", roleName);
        objects.add(binding);
    }

    private void bind(String kind, String subjectName) {
        beginBinding();
        ObjectNode subject = binding.tree().withArray("subjects").addObject().put("kind", kind);
        int slash = subjectName.indexOf('/');
        if (kind.equals("ServiceAccount")) {
            subject.put("name", subjectName.substring(slash + 1)).put("namespace", subjectName.substring(0, slash));
        } else {
            subject.put("apiGroup", GROUP).put("name", subjectName);
        }
    }
}
