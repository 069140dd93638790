package dev.longshore.kinds.podsecurity;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Where kinds that make pods keep what their pods are like.
final class PodTemplates {

    private static final String[] OF_SPEC = {"spec", "template"};
    private static final Map<GroupResource, String[]> PATHS = Map.of(
            new GroupResource("", "replicationcontrollers"), OF_SPEC,
            new GroupResource("", "podtemplates"), new String[] {"template"},
            new GroupResource("apps", "replicasets"), OF_SPEC,
            new GroupResource("apps", "deployments"), OF_SPEC,
            new GroupResource("apps", "statefulsets"), OF_SPEC,
            new GroupResource("apps", "daemonsets"), OF_SPEC,
            new GroupResource("batch", "jobs"), OF_SPEC,
            new GroupResource("batch", "cronjobs"), new String[] {"spec", "jobTemplate", "spec", "template"});

    private PodTemplates() {}

    /// True if objects of `resource` have a template.
    static boolean areIn(GroupResource resource) {
        return PATHS.containsKey(resource);
    }

    /// The template of `object`.
    static Optional<ObjectNode> of(GroupResource resource, Resource object) {
        return Trees.object(object.tree(), PATHS.get(resource));
    }

    /// Which resources have one.
    static List<GroupResource> resources() {
        return List.copyOf(PATHS.keySet());
    }
}
