package dev.longshore.kubelet.claims;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcCall;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.kubelet.claims.health.DeviceHealth;
import dev.longshore.kubelet.claims.health.HealthStatus;
import dev.longshore.kubelet.claims.health.NodeWatchResourcesRequest;
import dev.longshore.kubelet.claims.health.NodeWatchResourcesResponse;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How the devices of drivers are, from those drivers that say so. What was not said again for a while is not known any
/// more, nor what a driver said that has gone. Thread-safe.
public final class ClaimHealth {

    /// What drivers are asked.
    public static final GrpcMethod<NodeWatchResourcesRequest, NodeWatchResourcesResponse> WATCH =
            GrpcMethod.answersMany(
                    "v1alpha1.DRAResourceHealth/NodeWatchResources",
                    NodeWatchResourcesRequest.getDefaultInstance(),
                    NodeWatchResourcesResponse.getDefaultInstance());

    private static final Logger log = LoggerFactory.getLogger(ClaimHealth.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration FOREVER = Duration.ofDays(365);
    private static final Duration USUAL_TRUST = Duration.ofSeconds(30);
    private static final int LONGEST_MESSAGE = 1024;

    private final Time time;
    private final Map<String, Map<Device, Said>> drivers = new HashMap<>();
    private volatile Consumer<String> listener = driver -> {};

    /// Nothing is known yet.
    public ClaimHealth(Time time) {
        this.time = time;
    }

    private record Device(String pool, String name) {}

    private record Said(Health health, Instant at, Duration trust) {}

    /// How one device is.
    ///
    /// @param status as statuses of pods have it: `Healthy`, `Unhealthy`, `Unknown`
    /// @param message may be empty
    record Health(String status, String message) {}

    /// Has `changed` called with the driver whose devices are not as they were.
    void onChange(Consumer<String> changed) {
        listener = changed;
    }

    /// Listens to a plugin until the thread is interrupted.
    Thread listen(ClaimDrivers.Plugin plugin) {
        return Thread.ofVirtual().name("health " + plugin.name()).start(() -> follow(plugin));
    }

    private void follow(ClaimDrivers.Plugin plugin) {
        try {
            while (hear(plugin)) {
                time.sleep(PAUSE);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// False from a driver that never says anything.
    private boolean hear(ClaimDrivers.Plugin plugin) throws InterruptedException {
        try (GrpcCall<NodeWatchResourcesRequest, NodeWatchResourcesResponse> call =
                plugin.client().ask(WATCH, NodeWatchResourcesRequest.getDefaultInstance(), FOREVER)) {
            Optional<NodeWatchResourcesResponse> news = call.receive();
            while (news.isPresent()) {
                note(plugin.name(), news.get());
                news = call.receive();
            }
            return true;
        } catch (GrpcException ended) {
            log.debug("{} says nothing of its devices: {}", plugin.name(), ended.getMessage());
            return ended.code() != Status.Code.UNIMPLEMENTED;
        } finally {
            forget(plugin.name());
        }
    }

    private void note(String driver, NodeWatchResourcesResponse news) {
        boolean isNews = false;
        synchronized (this) {
            Map<Device, Said> known = drivers.computeIfAbsent(driver, name -> new HashMap<>());
            for (DeviceHealth told : news.getDevicesList()) {
                var device = new Device(
                        told.getDevice().getPoolName(), told.getDevice().getDeviceName());
                Said said = said(told);
                Said before = known.put(device, said);
                isNews |= before == null || !before.health().equals(said.health());
            }
        }
        if (isNews) {
            listener.accept(driver);
        }
    }

    private Said said(DeviceHealth told) {
        String message = told.getMessage().length() <= LONGEST_MESSAGE
                ? told.getMessage()
                : told.getMessage().substring(0, LONGEST_MESSAGE - 3) + "...";
        return new Said(
                new Health(word(told.getHealth()), message),
                time.now(),
                told.getHealthCheckTimeoutSeconds() > 0
                        ? Duration.ofSeconds(told.getHealthCheckTimeoutSeconds())
                        : USUAL_TRUST);
    }

    private static String word(HealthStatus status) {
        return switch (status) {
            case HEALTHY -> "Healthy";
            case UNHEALTHY -> "Unhealthy";
            case UNKNOWN, UNRECOGNIZED -> "Unknown";
        };
    }

    private void forget(String driver) {
        boolean wasKnown;
        synchronized (this) {
            wasKnown = drivers.remove(driver) != null;
        }
        if (wasKnown) {
            listener.accept(driver);
        }
    }

    /// How a device is, as far as it is known.
    synchronized Health of(String driver, String pool, String name) {
        return Optional.ofNullable(drivers.getOrDefault(driver, Map.of()).get(new Device(pool, name)))
                .filter(said -> !time.now().isAfter(said.at().plus(said.trust())))
                .map(Said::health)
                .orElse(new Health("Unknown", ""));
    }
}
