package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// For which audiences a pod's volumes need tokens: those that are projected, and those of CSI drivers. For one thread.
final class VolumeAudiences {

    private static final GroupResource VOLUMES = new GroupResource("", "persistentvolumes");
    private static final GroupResource DRIVERS = new GroupResource("storage.k8s.io", "csidrivers");
    /// Which driver stands in for a type of volume.
    private static final Map<String, String> STAND_INS = Map.of(
            "awsElasticBlockStore", "ebs.csi.aws.com",
            "azureDisk", "disk.csi.azure.com",
            "azureFile", "file.csi.azure.com",
            "cinder", "cinder.csi.openstack.org",
            "gcePersistentDisk", "pd.csi.storage.gke.io",
            "portworxVolume", "pxd.portworx.com",
            "vsphereVolume", "csi.vsphere.vmware.com");

    private final Registry registry;
    private final Resource pod;
    private final List<String> flaws = new ArrayList<>();

    VolumeAudiences(Registry registry, Resource pod) {
        this.registry = registry;
        this.pod = pod;
    }

    /// True if one of them needs a token for `audience`.
    boolean have(String audience) {
        for (ObjectNode volume : Trees.list(pod.tree(), "spec", "volumes")) {
            boolean isProjected = Trees.list(volume, "projected", "sources").stream()
                    .filter(source -> Trees.has(source, "serviceAccountToken"))
                    .anyMatch(source -> Trees.text(source, "serviceAccountToken", "audience")
                            .equals(audience));
            if (isProjected || hasDriverOf(volume, audience)) {
                return true;
            }
        }
        return false;
    }

    /// What could not be found out by [#have], if it found nothing; empty if all could.
    String flaws() {
        return flaws.size() < 2 ? String.join("", flaws) : "[" + String.join(", ", flaws) + "]";
    }

    private boolean hasDriverOf(ObjectNode volume, String audience) {
        try {
            return driver(volume)
                    .map(name -> found(DRIVERS, "", name))
                    .filter(driver -> Trees.list(driver.tree(), "spec", "tokenRequests").stream()
                            .anyMatch(request -> Trees.text(request, "audience").equals(audience)))
                    .isPresent();
        } catch (FaultException missing) {
            flaws.add(missing.getMessage());
            return false;
        }
    }

    private Optional<String> driver(ObjectNode volume) {
        if (Trees.has(volume, "ephemeral", "volumeClaimTemplate")) {
            return ofClaim(pod.name() + "-" + Trees.text(volume, "name"));
        }
        if (Trees.has(volume, "persistentVolumeClaim")) {
            return ofClaim(Trees.text(volume, "persistentVolumeClaim", "claimName"));
        }
        return Trees.has(volume, "csi") ? Optional.of(Trees.text(volume, "csi", "driver")) : standIn(volume);
    }

    private Optional<String> ofClaim(String name) {
        Resource claim = found(Attempts.CLAIMS, pod.namespace(), name);
        Resource volume = found(VOLUMES, "", claim.text("spec", "volumeName"));
        JsonNode spec = volume.at("spec");
        return Trees.has(spec, "csi") ? Optional.of(Trees.text(spec, "csi", "driver")) : standIn(spec);
    }

    private static Optional<String> standIn(JsonNode source) {
        return STAND_INS.entrySet().stream()
                .filter(type -> Trees.has(source, type.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private Resource found(GroupResource resource, String namespace, String name) {
        return registry.get(resource, namespace, name)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(resource, name)));
    }
}
