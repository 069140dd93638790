package dev.longshore.kubelet.csi;

import dev.longshore.http.grpc.GrpcException;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.csi.proto.CapacityRange;
import dev.longshore.kubelet.csi.proto.NodeExpandVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodeServiceCapability.Rpc;
import dev.longshore.kubelet.plugins.GoStatus;
import dev.longshore.kubelet.volumes.Growth;
import dev.longshore.kubelet.volumes.VolumeException;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/// Has a driver make the file system of a volume as large as the volume has become.
final class CsiGrowth {

    private final PublishContexts contexts;

    CsiGrowth(ConfigApi config) {
        this.contexts = new PublishContexts(config);
    }

    /// Of a volume that stands as `record` says.
    Growth of(CsiDrivers.Driver driver, CsiRecord record, PersistentVolume volume, Quantity size)
            throws InterruptedException {
        if (!driver.can(Rpc.Type.EXPAND_VOLUME)) {
            return new Growth.Failed(
                    "NodeExpand is not supported by the CSI driver %s".formatted(driver.name()), false);
        }
        Map<String, String> secrets;
        try {
            secrets = contexts.secret(
                    "NodeExpandSecretRef",
                    CsiSource.secret(volume.getSpec().getCsi().getNodeExpandSecretRef()));
        } catch (VolumeException missing) {
            return new Growth.Failed(missing.getMessage(), false);
        }
        try {
            driver.client()
                    .call(
                            CsiCalls.EXPAND,
                            NodeExpandVolumeRequest.newBuilder()
                                    .setVolumeId(record.handle())
                                    .setVolumePath(record.target())
                                    .setStagingTargetPath(record.staged())
                                    .setCapacityRange(CapacityRange.newBuilder()
                                            .setRequiredBytes(
                                                    size.getNumericalAmount().longValue()))
                                    .setVolumeCapability(CsiSource.of(volume, false)
                                            .capability("", driver.can(Rpc.Type.SINGLE_NODE_MULTI_WRITER)))
                                    .putAllSecrets(secrets)
                                    .build(),
                            CsiMounting.LIMIT);
            return new Growth.Done();
        } catch (GrpcException refused) {
            return refused(refused);
        }
    }

    /// What no later try can change is told from the rest, as the original tells it.
    private static Growth refused(GrpcException refused) {
        String words = "Expander.NodeExpand failed to expand the volume ";
        return switch (refused.code()) {
            case FAILED_PRECONDITION -> new Growth.Later();
            case INVALID_ARGUMENT, OUT_OF_RANGE, NOT_FOUND -> new Growth.Failed(words + GoStatus.said(refused), true);
            default -> new Growth.Failed(words + ": " + GoStatus.said(refused), false);
        };
    }
}
