package dev.longshore.kubelet.csi;

import dev.longshore.http.grpc.GrpcException;
import dev.longshore.kubelet.csi.proto.NodeGetVolumeStatsRequest;
import dev.longshore.kubelet.csi.proto.NodeServiceCapability.Rpc;
import dev.longshore.kubelet.csi.proto.VolumeUsage;
import dev.longshore.kubelet.volumes.VolumeUse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How much of a volume is used, from those drivers that say so.
final class CsiFigures {

    private static final Logger log = LoggerFactory.getLogger(CsiFigures.class);

    /// Somebody waits for figures; a volume is mounted whenever it may be.
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private CsiFigures() {}

    static Optional<VolumeUse> of(CsiDrivers.Driver driver, CsiRecord record) throws InterruptedException {
        if (!driver.can(Rpc.Type.GET_VOLUME_STATS)) {
            return Optional.empty();
        }
        try {
            List<VolumeUsage> told = driver.client()
                    .call(
                            CsiCalls.STATS,
                            NodeGetVolumeStatsRequest.newBuilder()
                                    .setVolumeId(record.handle())
                                    .setVolumePath(record.target())
                                    .build(),
                            LIMIT)
                    .getUsageList();
            return told.isEmpty() ? Optional.empty() : Optional.of(use(told));
        } catch (GrpcException refused) {
            log.debug("driver {} does not tell of volume {}", driver.name(), record.handle(), refused);
            return Optional.empty();
        }
    }

    private static VolumeUse use(List<VolumeUsage> told) {
        VolumeUsage bytes = of(told, VolumeUsage.Unit.BYTES);
        VolumeUsage inodes = of(told, VolumeUsage.Unit.INODES);
        return new VolumeUse(
                bytes.getTotal(),
                bytes.getAvailable(),
                bytes.getUsed(),
                inodes.getTotal(),
                inodes.getAvailable(),
                inodes.getUsed(),
                Optional.empty());
    }

    private static VolumeUsage of(List<VolumeUsage> told, VolumeUsage.Unit unit) {
        return told.stream()
                .filter(usage -> usage.getUnit() == unit)
                .reduce((first, last) -> last)
                .orElse(VolumeUsage.getDefaultInstance());
    }
}
