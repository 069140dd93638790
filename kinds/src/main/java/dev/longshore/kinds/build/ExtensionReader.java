package dev.longshore.kinds.build;

import dev.longshore.base.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Adds to schemas what only OpenAPI tells: which kinds have a definition's shape, and which definitions are
/// unions. The library marks the classes that are kinds; the names of groups follow from those of packages.
final class ExtensionReader {

    private static final String KINDS = "x-kubernetes-group-version-kind";
    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private static final Set<String> KIND_MARKS = Set.of("KubernetesObject", "KubernetesListObject");

    /// Kinds that have no metadata, by which the library knows its kinds.
    private static final Set<String> BARE_KINDS =
            Set.of("APIGroup", "APIGroupList", "APIResourceList", "APIVersions", "Status");

    /// Kinds that exist in every group.
    private static final Set<String> EVERYWHERE = Set.of("DeleteOptions", "WatchEvent");

    /// Groups that are not called like their package, with or without `.k8s.io`.
    private static final Map<String, String> RENAMED = Map.of(
            "core", "",
            "apiserverinternal", "internal.apiserver.k8s.io",
            "flowcontrol", "flowcontrol.apiserver.k8s.io",
            "rbac", "rbac.authorization.k8s.io");

    private static final Set<String> UNSUFFIXED = Set.of("apps", "autoscaling", "batch", "policy");

    private final List<String> versions;
    private final List<String[]> unions;

    /// @param versions lines of `GROUP VERSION…`
    /// @param unions rows of definition, discriminator, `FIELD=VALUE…`
    ExtensionReader(List<String> versions, List<String[]> unions) {
        this.versions = versions;
        this.unions = unions;
    }

    void extend(ObjectNode schema, String definition, Class<?> model) {
        int dot = definition.lastIndexOf('.');
        String name = definition.substring(dot + 1);
        String inPackage = definition.substring(0, dot);
        if (definition.startsWith(META)) {
            meta(schema, name);
        } else if (isKind(model)) {
            String[] steps = inPackage.split("\\.");
            add(kinds(schema), group(steps[steps.length - 2]), steps[steps.length - 1], name);
        }
        unions.stream().filter(row -> row[0].equals(definition)).forEach(row -> union(schema, row));
    }

    private void meta(ObjectNode schema, String name) {
        if (BARE_KINDS.contains(name)) {
            add(kinds(schema), "", "v1", name);
        }
        if (EVERYWHERE.contains(name)) {
            ArrayNode kinds = kinds(schema);
            for (String line : versions) {
                String[] words = line.split(" ");
                String group = words[0].equals("core") ? "" : words[0];
                Arrays.stream(words).skip(1).forEach(version -> add(kinds, group, version, name));
            }
        }
    }

    private static boolean isKind(Class<?> model) {
        return Arrays.stream(model.getInterfaces()).anyMatch(type -> KIND_MARKS.contains(type.getSimpleName()));
    }

    private static String group(String label) {
        String renamed = RENAMED.get(label);
        return renamed != null ? renamed : UNSUFFIXED.contains(label) ? label : label + ".k8s.io";
    }

    private static ArrayNode kinds(ObjectNode schema) {
        return schema.putArray(KINDS);
    }

    private static void add(ArrayNode kinds, String group, String version, String kind) {
        kinds.addObject().put("group", group).put("kind", kind).put("version", version);
    }

    private static void union(ObjectNode schema, String[] row) {
        ObjectNode union = Json.object();
        if (!row[1].isEmpty()) {
            union.put("discriminator", row[1]);
        }
        ObjectNode fields = union.putObject("fields-to-discriminateBy");
        for (String field : row[2].split(" ")) {
            int equals = field.indexOf('=');
            fields.put(field.substring(0, equals), field.substring(equals + 1));
        }
        schema.putArray("x-kubernetes-unions").add(union);
    }
}
