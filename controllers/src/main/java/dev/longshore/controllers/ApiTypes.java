package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.APIGroup;
import io.fabric8.kubernetes.api.model.APIGroupList;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Every type of object that the server keeps and lets delete, found out by discovery: each group in its
/// preferred version.
///
/// @param silentGroups groups, with their versions, that did not answer: served by somebody else, who is down
record ApiTypes(List<Type> types, Set<String> silentGroups) {

    private static final Set<String> NEEDED = Set.of("list", "watch", "delete");

    /// One of them.
    record Type(String group, String version, String kind, String plural, boolean isNamespaced) {

        /// `v1`, `apps/v1`.
        String apiVersion() {
            return group.isEmpty() ? version : group + "/" + version;
        }

        /// The path of its objects, in `namespace` unless that is empty.
        String path(String namespace) {
            return (group.isEmpty() ? "/api/" : "/apis/")
                    + apiVersion()
                    + (namespace.isEmpty() ? "" : "/namespaces/" + namespace)
                    + "/"
                    + plural;
        }

        /// How fabric8 is told of it.
        ResourceDefinitionContext context() {
            return new ResourceDefinitionContext.Builder()
                    .withGroup(group)
                    .withVersion(version)
                    .withKind(kind)
                    .withPlural(plural)
                    .withNamespaced(isNamespaced)
                    .build();
        }
    }

    ApiTypes {
        types = List.copyOf(types);
        silentGroups = Set.copyOf(silentGroups);
    }

    /// Asks the server.
    static ApiTypes discover(KubernetesClient client) {
        var types = new ArrayList<Type>();
        var silent = new HashSet<String>();
        add(types, "", "v1", client.getApiResources("v1"));
        APIGroupList groups = client.getApiGroups();
        for (APIGroup group : groups.getGroups()) {
            String version = group.getPreferredVersion().getVersion();
            try {
                add(types, group.getName(), version, client.getApiResources(group.getName() + "/" + version));
            } catch (KubernetesClientException down) {
                silent.add(group.getName() + "/" + version);
            }
        }
        return new ApiTypes(types, silent);
    }

    /// Asks the server for all types of one version of one group, preferred or not; none if it does not serve it.
    ///
    /// @param apiVersion `v1`, `apps/v1`
    static List<Type> in(KubernetesClient client, String apiVersion) {
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        return types(group, apiVersion.substring(slash + 1), client.getApiResources(apiVersion), Set.of())
                .toList();
    }

    private static void add(List<Type> types, String group, String version, APIResourceList list) {
        types(group, version, list, NEEDED).forEach(types::add);
    }

    private static Stream<Type> types(String group, String version, APIResourceList list, Set<String> verbs) {
        return list == null
                ? Stream.empty()
                : list.getResources().stream()
                        .filter(resource -> !resource.getName().contains("/")
                                && resource.getVerbs().containsAll(verbs))
                        .map(resource -> new Type(
                                group, version, resource.getKind(), resource.getName(), resource.getNamespaced()));
    }
}
