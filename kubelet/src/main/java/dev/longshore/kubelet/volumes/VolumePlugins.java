package dev.longshore.kubelet.volumes;

import io.fabric8.kubernetes.api.model.PersistentVolumeSpec;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.Set;

/// What the original calls the kinds of volumes, for figures: `kubernetes.io/configmap`, `kubernetes.io/csi:DRIVER`.
final class VolumePlugins {

    static final String CONFIG_MAP = "kubernetes.io/configmap";
    static final String SECRET = "kubernetes.io/secret";
    static final String DOWNWARD_API = "kubernetes.io/downward-api";
    static final String PROJECTED = "kubernetes.io/projected";

    /// Their content is made anew while they stand.
    private static final Set<String> MADE_ANEW = Set.of(CONFIG_MAP, SECRET, DOWNWARD_API, PROJECTED);

    private VolumePlugins() {}

    static String of(Wanted wanted) {
        return wanted.persistent().map(found -> of(found.getSpec())).orElseGet(() -> of(wanted.volume()));
    }

    static boolean isMadeAnew(String plugin) {
        return MADE_ANEW.contains(plugin);
    }

    private static String of(PersistentVolumeSpec spec) {
        if (spec.getCsi() != null) {
            return "kubernetes.io/csi:" + spec.getCsi().getDriver();
        }
        return spec.getLocal() != null ? "kubernetes.io/local-volume" : "kubernetes.io/host-path";
    }

    private static String of(Volume volume) {
        if (volume.getConfigMap() != null) {
            return CONFIG_MAP;
        }
        if (volume.getSecret() != null) {
            return SECRET;
        }
        if (volume.getDownwardAPI() != null) {
            return DOWNWARD_API;
        }
        if (volume.getProjected() != null) {
            return PROJECTED;
        }
        if (volume.getCsi() != null) {
            return "kubernetes.io/csi:" + volume.getCsi().getDriver();
        }
        if (volume.getImage() != null) {
            return "kubernetes.io/image";
        }
        return volume.getHostPath() != null ? "kubernetes.io/host-path" : "kubernetes.io/empty-dir";
    }
}
