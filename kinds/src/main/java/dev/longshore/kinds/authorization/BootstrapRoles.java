package dev.longshore.kinds.authorization;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The roles and bindings that every cluster begins with, read from `bootstrap-roles.txt`, which says how it is
/// to be read.
public final class BootstrapRoles {

    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final String AGGREGATE = GROUP + "/aggregate-to-";
    private static final String SYSTEM = "kube-system";

    private final List<Resource> objects = new ArrayList<>();
    private Resource role;
    private Resource binding;

    private BootstrapRoles() {}

    /// All of them, as they should be.
    public static List<Resource> all() {
        var roles = new BootstrapRoles();
        try (var stream = BootstrapRoles.class.getResourceAsStream("bootstrap-roles.txt")) {
            new String(stream.readAllBytes(), UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .forEach(roles::read);
        } catch (IOException broken) {
            throw new UncheckedIOException("cannot read the bootstrap roles", broken);
        }
        return List.copyOf(roles.objects);
    }

    private void read(String line) {
        String[] words = line.split(" ");
        switch (words[0]) {
            case "role" -> begin(words[1], List.of(words).subList(2, words.length));
            case "controller" -> {
                begin("system:controller:" + words[1], List.of());
                bind("ServiceAccount", SYSTEM + "/" + words[1]);
            }
            case "local" -> {
                role = object("Role", words[1], words[2]);
                role.tree().putArray("rules");
                binding = null;
                objects.add(role);
            }
            case "to" -> bind(words[1], words[2]);
            default -> rule(line.split(" \\| "));
        }
    }

    private static Resource object(String kind, String namespace, String name) {
        Resource object = Resource.of(new GroupVersionKind(GROUP, "v1", kind), namespace, name);
        object.metadata().putObject("labels").put("kubernetes.io/bootstrapping", "rbac-defaults");
        object.metadata().putObject("annotations").put(GROUP + "/autoupdate", "true");
        return object;
    }

    private void begin(String name, List<String> options) {
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

    private void bind(String kind, String subjectName) {
        if (binding == null) {
            String name = role.name().startsWith("extension-") ? "system::" + role.name() : role.name();
            binding = object(role.kind().kind() + "Binding", role.namespace(), name);
            binding.tree()
                    .putObject("roleRef")
                    .put("apiGroup", GROUP)
                    .put("kind", role.kind().kind())
                    .put("name", role.name());
            binding.tree().putArray("subjects");
            objects.add(binding);
        }
        ObjectNode subject = ((ArrayNode) binding.at("subjects")).addObject().put("kind", kind);
        int slash = subjectName.indexOf('/');
        if (kind.equals("ServiceAccount")) {
            subject.put("name", subjectName.substring(slash + 1)).put("namespace", subjectName.substring(0, slash));
        } else {
            subject.put("apiGroup", GROUP).put("name", subjectName);
        }
    }
}
