package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// Volumes of the cluster's own making, and claims.
final class RestrictedVolumes {

    private static final List<String> ALLOWED = List.of(
            "configMap",
            "csi",
            "downwardAPI",
            "emptyDir",
            "ephemeral",
            "image",
            "persistentVolumeClaim",
            "projected",
            "secret");
    /// In the order in which a volume of several types would be called.
    private static final List<String> FORBIDDEN = List.of(
            "hostPath",
            "gcePersistentDisk",
            "awsElasticBlockStore",
            "gitRepo",
            "nfs",
            "iscsi",
            "glusterfs",
            "rbd",
            "flexVolume",
            "cinder",
            "cephfs",
            "flocker",
            "fc",
            "azureFile",
            "vsphereVolume",
            "quobyte",
            "azureDisk",
            "portworxVolume",
            "photonPersistentDisk",
            "scaleIO",
            "storageos");

    private RestrictedVolumes() {}

    static Control control() {
        return Control.of(
                "restrictedVolumes",
                Level.RESTRICTED,
                Control.Revision.since(0, RestrictedVolumes::judge).replacing(HostPathVolumes.ID));
    }

    private static Optional<Violation> judge(PodSubject pod) {
        var names = new ArrayList<String>();
        var types = new TreeSet<String>();
        for (ObjectNode volume : Trees.list(pod.spec(), "volumes")) {
            if (ALLOWED.stream().noneMatch(type -> Trees.has(volume, type))) {
                names.add(Trees.text(volume, "name"));
                types.add(FORBIDDEN.stream()
                        .filter(type -> Trees.has(volume, type))
                        .findFirst()
                        .orElse("unknown"));
            }
        }
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation(
                        "restricted volume types",
                        Words.counted("volume", names.size()) + " " + Words.quoted(names)
                                + (names.size() == 1 ? " uses " : " use ")
                                + Words.counted("restricted volume type", types.size()) + " "
                                + Words.quoted(types)));
    }
}
