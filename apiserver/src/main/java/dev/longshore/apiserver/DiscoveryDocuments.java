package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.OpenResources;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Subresource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The older documents of discovery: what groups there are, what versions a group has, what resources a
/// version.
final class DiscoveryDocuments {

    private static final int STORAGE_HASH_BYTES = 8;

    private final Catalog catalog;
    private final ServedGroups served;
    private final String publicAddress;

    DiscoveryDocuments(Catalog catalog, ServedGroups served, String publicAddress) {
        this.catalog = catalog;
        this.served = served;
        this.publicAddress = publicAddress;
    }

    /// The document at `path`, without slash at its end.
    Optional<ObjectNode> at(String path) {
        String[] steps = path.substring(1).split("/");
        if (steps[0].equals("api")) {
            return steps.length == 1
                    ? Optional.of(legacy())
                    : steps.length == 2 ? resources("", steps[1]) : Optional.empty();
        }
        return switch (steps.length) {
            case 1 -> Optional.of(groups());
            case 2 -> group(steps[1]).map(group -> withKind("APIGroup", group));
            case 3 -> steps[1].isEmpty() ? Optional.empty() : resources(steps[1], steps[2]);
            default -> Optional.empty();
        };
    }

    private ObjectNode legacy() {
        ObjectNode versions = Json.object().put("kind", "APIVersions");
        catalog.versions("").forEach(versions.putArray("versions")::add);
        versions.putArray("serverAddressByClientCIDRs")
                .addObject()
                .put("clientCIDR", "0.0.0.0/0")
                .put("serverAddress", publicAddress);
        return versions;
    }

    private ObjectNode groups() {
        ObjectNode list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        served.groups().forEach(one -> group(one.name()).ifPresent(groups::add));
        return list;
    }

    private Optional<ObjectNode> group(String name) {
        List<String> versions =
                served.group(name).map(ServedGroups.Group::listed).orElse(List.of());
        if (versions.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode group = Json.object().put("name", name);
        ArrayNode list = group.putArray("versions");
        versions.forEach(version -> list.add(groupVersion(name, version)));
        group.set("preferredVersion", groupVersion(name, versions.getFirst()));
        return Optional.of(group);
    }

    private static ObjectNode groupVersion(String group, String version) {
        return Json.object().put("groupVersion", group + "/" + version).put("version", version);
    }

    private static ObjectNode withKind(String kind, ObjectNode rest) {
        ObjectNode whole = Json.object().put("kind", kind).put("apiVersion", "v1");
        whole.setAll(rest);
        return whole;
    }

    private Optional<ObjectNode> resources(String group, String version) {
        List<ResourceDefinition> definitions = catalog.of(group, version);
        if (definitions.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode list = Json.object().put("kind", "APIResourceList");
        // The core group's list says no apiVersion: so it was when clients learnt to read it.
        if (!group.isEmpty()) {
            list.put("apiVersion", "v1");
        }
        list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
        Optional<OpenResources> open = catalog.open(group, version);
        if (open.isPresent()) {
            open.get().resources().forEach(list.putArray("resources")::add);
            return Optional.of(list);
        }
        var byName = new TreeMap<String, ObjectNode>();
        for (ResourceDefinition definition : definitions) {
            byName.put(definition.names().plural(), resource(definition));
            definition
                    .subresources()
                    .forEach(sub ->
                            byName.put(definition.names().plural() + "/" + sub.name(), subresource(definition, sub)));
        }
        byName.values().forEach(list.putArray("resources")::add);
        return Optional.of(list);
    }

    private static ObjectNode resource(ResourceDefinition definition) {
        ObjectNode resource = Json.object()
                .put("name", definition.names().plural())
                .put("singularName", definition.names().singular())
                .put("namespaced", definition.namespaced())
                .put("kind", definition.kind().kind());
        verbs(resource, definition.verbs());
        names(resource, definition.names());
        if (definition.virtual().isEmpty()) {
            resource.put("storageVersionHash", storageHash(definition.storage().version()));
        }
        return resource;
    }

    /// By it clients that keep what they read notice that objects are stored in another version now.
    private static String storageHash(GroupVersionKind stored) {
        String name = stored.group() + "/" + stored.version() + "/" + stored.kind();
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(Arrays.copyOf(digest, STORAGE_HASH_BYTES));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static ObjectNode subresource(ResourceDefinition definition, Subresource subresource) {
        GroupVersionKind kind = subresource.kind();
        ObjectNode node = Json.object()
                .put("name", definition.names().plural() + "/" + subresource.name())
                .put("singularName", "")
                .put("namespaced", definition.namespaced());
        boolean isForeign = !kind.apiVersion().equals(definition.kind().apiVersion());
        if (isForeign) {
            node.put("group", kind.group()).put("version", kind.version());
        }
        verbs(node.put("kind", kind.kind()), subresource.verbs());
        return node;
    }

    static void verbs(ObjectNode node, Collection<String> verbs) {
        new TreeSet<>(verbs).forEach(node.putArray("verbs")::add);
    }

    static void names(ObjectNode node, ResourceDefinition.Names names) {
        if (!names.shortNames().isEmpty()) {
            names.shortNames().forEach(node.putArray("shortNames")::add);
        }
        if (!names.categories().isEmpty()) {
            names.categories().forEach(node.putArray("categories")::add);
        }
    }
}
