package dev.longshore.kinds.authorization;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/// What a node has to do with, from the object back to the node:
///
/// ```
/// secret, config map, service account, claim of devices ──► pod ──► node
/// secret ──► volume ──► claim ──► pod ──► node
/// pod, attachment, slice of devices, request for a pod's certificate ──► node
/// ```
///
/// A pod that the node made itself (a mirror) leads to nothing, or a node could let itself in anywhere. Reads the
/// registry at each call: what was written before counts.
final class NodeReach {

    private static final GroupResource PODS = new GroupResource("", "pods");
    private static final GroupResource VOLUMES = new GroupResource("", "persistentvolumes");
    private static final GroupResource ATTACHMENTS = new GroupResource("storage.k8s.io", "volumeattachments");
    private static final GroupResource SLICES = new GroupResource("resource.k8s.io", "resourceslices");
    private static final GroupResource CERTIFICATES =
            new GroupResource("certificates.k8s.io", "podcertificaterequests");

    private final Registry registry;
    private final String node;

    NodeReach(Registry registry, String node) {
        this.registry = registry;
        this.node = node;
    }

    /// Whether it has to do with this object.
    boolean reaches(String resource, String namespace, String name) {
        return switch (resource) {
            case "serviceaccounts" ->
                anyPod(namespace, pod -> pod.text("spec", "serviceAccountName").equals(name));
            case "configmaps" -> anyPod(namespace, pod -> PodReferences.configMap(spec(pod), name));
            case "secrets" ->
                anyPod(namespace, pod -> PodReferences.secret(spec(pod), name)) || byVolume(namespace, name);
            case "persistentvolumeclaims" -> claim(namespace, name);
            case "persistentvolumes" ->
                registry.get(VOLUMES, "", name).filter(this::isClaimed).isPresent();
            case "resourceclaims" -> anyPod(namespace, pod -> PodReferences.deviceClaim(pod.tree(), name));
            case "volumeattachments" -> isHere(ATTACHMENTS, "", name);
            case "resourceslices" -> isHere(SLICES, "", name);
            case "podcertificaterequests" -> isHere(CERTIFICATES, namespace, name);
            case "pods" -> isHere(PODS, namespace, name);
            default -> false;
        };
    }

    private boolean isHere(GroupResource resource, String namespace, String name) {
        return registry.get(resource, namespace, name)
                .filter(found -> found.text("spec", "nodeName").equals(node))
                .isPresent();
    }

    private boolean claim(String namespace, String name) {
        return anyPod(namespace, pod -> PodReferences.claim(pod.tree(), name));
    }

    private boolean byVolume(String namespace, String secret) {
        return registry.list(VOLUMES, "").stream()
                .anyMatch(volume -> VolumeSecrets.has(spec(volume), namespace, secret) && isClaimed(volume));
    }

    private boolean isClaimed(Resource volume) {
        String claim = volume.text("spec", "claimRef", "name");
        return !claim.isEmpty() && claim(volume.text("spec", "claimRef", "namespace"), claim);
    }

    private boolean anyPod(String namespace, Predicate<Resource> uses) {
        List<Resource> pods = registry.list(PODS, namespace);
        return pods.stream()
                .anyMatch(pod -> pod.text("spec", "nodeName").equals(node)
                        && !pod.annotations().containsKey("kubernetes.io/config.mirror")
                        && uses.test(pod));
    }

    private static ObjectNode spec(Resource object) {
        return Trees.object(object.tree(), "spec").orElse(object.tree());
    }
}
