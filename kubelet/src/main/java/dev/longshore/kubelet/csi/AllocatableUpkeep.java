package dev.longshore.kubelet.csi;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.kubelet.cluster.StorageApi;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks drivers again how many volumes the node may have of theirs, as often as their CSIDriver says
/// (`nodeAllocatableUpdatePeriodSeconds`), and tells the cluster.
public final class AllocatableUpkeep implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AllocatableUpkeep.class);
    /// The shortest period that a CSIDriver may ask for.
    private static final Duration LOOK = Duration.ofSeconds(10);

    private final CsiDrivers drivers;
    private final StorageApi storage;
    private final Time time;
    private final Thread thread =
            Thread.ofVirtual().name("kubelet-csi-allocatable").unstarted(this::work);
    /// When each driver was last asked. Confined to the thread.
    private final Map<String, Instant> asked = new HashMap<>();

    /// Of `drivers`.
    public AllocatableUpkeep(CsiDrivers drivers, StorageApi storage, Time time) {
        this.drivers = requireNonNull(drivers, "drivers");
        this.storage = requireNonNull(storage, "storage");
        this.time = requireNonNull(time, "time");
    }

    /// Begins; returns at once.
    public void start() {
        thread.start();
    }

    private void work() {
        try {
            while (true) {
                time.sleep(LOOK);
                look();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// One round.
    void look() throws InterruptedException {
        Set<String> here = drivers.names();
        asked.keySet().retainAll(here);
        for (String name : here) {
            try {
                lookAt(name);
            } catch (GrpcException | KubernetesClientException failure) {
                log.warn("what {} has room for cannot be told; it is tried again: {}", name, failure.getMessage());
            }
        }
    }

    private void lookAt(String name) throws InterruptedException {
        Instant now = time.now();
        // A driver has said it when it registered.
        Instant last = asked.computeIfAbsent(name, absent -> now);
        Optional<Duration> period = storage.driver(name)
                .map(driver -> driver.getSpec().getNodeAllocatableUpdatePeriodSeconds())
                .filter(seconds -> seconds > 0)
                .map(Duration::ofSeconds);
        if (period.isPresent() && !now.isBefore(last.plus(period.get()))) {
            asked.put(name, now);
            drivers.refresh(name);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
