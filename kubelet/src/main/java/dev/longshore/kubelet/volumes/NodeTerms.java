package dev.longshore.kubelet.volumes;

import dev.longshore.client.NodeSelectors;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import java.util.Map;
import java.util.function.Supplier;

/// Whether a persistent volume can be used on this node, as its node affinity says.
final class NodeTerms {

    /// Volumes know nodes by labels only: rules about fields see a node without a name, as in the original.
    private static final String NAMELESS = "";

    private NodeTerms() {}

    /// @param labels of the node, asked for only where there is an affinity
    /// @throws VolumeException when it cannot
    static void check(Wanted wanted, Supplier<Map<String, String>> labels) {
        boolean isReachable = wanted.persistent()
                .map(PersistentVolume::getSpec)
                .map(spec -> spec.getNodeAffinity() == null
                        || spec.getNodeAffinity().getRequired() == null
                        || NodeSelectors.matchAny(
                                spec.getNodeAffinity().getRequired().getNodeSelectorTerms(), labels.get(), NAMELESS))
                .orElse(true);
        if (!isReachable) {
            throw VolumeException.during(
                    (wanted.isBlock() ? "MapVolume" : "MountVolume") + ".NodeAffinity check",
                    "no matching NodeSelectorTerms");
        }
    }
}
