package dev.longshore.kubelet.claims;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.ClaimApi;
import dev.longshore.kubelet.devices.DeviceException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is to be done about claims without a pod asking: a driver that nobody has heard of for half a minute offers
/// nothing any more, nor does any driver when a kubelet begins, until they come back; and what was prepared for pods
/// that are no more is given back.
public final class ClaimUpkeep implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ClaimUpkeep.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final Duration ROUND = Duration.ofMinutes(1);
    private static final String ALL = "";

    private final ClaimDrivers drivers;
    private final PodClaims claims;
    private final ClaimApi api;
    private final Time time;
    private final Thread thread;
    /// Confined to the thread.
    private final Map<String, Wipe> due = new HashMap<>();
    /// What is gone already, so that it is not deleted again and again.
    private final Set<String> wiped = new HashSet<>();

    private Supplier<Optional<Set<String>>> alive = Optional::empty;

    /// Asks `drivers` and `claims` every second.
    public ClaimUpkeep(ClaimDrivers drivers, PodClaims claims, ClaimApi api, Time time) {
        this.drivers = requireNonNull(drivers, "drivers");
        this.claims = requireNonNull(claims, "claims");
        this.api = requireNonNull(api, "api");
        this.time = requireNonNull(time, "time");
        this.thread = Thread.ofVirtual().name("kubelet-claims-upkeep").unstarted(this::work);
    }

    private record Wipe(Instant at, Duration pause) {}

    /// Begins; `alive` gives the uids of all pods of the node, or nothing while they are not known.
    public void start(Supplier<Optional<Set<String>>> pods) {
        alive = pods;
        due.put(ALL, new Wipe(time.now(), LOOK));
        thread.start();
    }

    private void work() {
        try {
            Instant round = time.now();
            while (true) {
                look();
                if (!time.now().isBefore(round)) {
                    giveBack();
                    round = time.now().plus(ROUND);
                }
                time.sleep(LOOK);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        // Also of those that left again before they were seen to be usable: they may have offered something.
        wiped.removeAll(drivers.arrivals());
        for (String driver : drivers.known()) {
            if (drivers.isUsable(driver)) {
                due.remove(driver);
                wiped.remove(driver);
            } else if (!wiped.contains(driver)) {
                due.putIfAbsent(driver, new Wipe(time.now().plus(GRACE), LOOK));
            }
        }
        Map.copyOf(due).forEach(this::wipe);
    }

    private void wipe(String driver, Wipe wipe) {
        if (time.now().isBefore(wipe.at())) {
            return;
        }
        try {
            api.withdraw(driver);
            due.remove(driver);
            if (!driver.equals(ALL)) {
                wiped.add(driver);
                log.info("what {} offered is withdrawn: nobody listens", driver);
            }
        } catch (KubernetesClientException refused) {
            log.debug("what {} offers could not be withdrawn", driver, refused);
            Duration doubled = wipe.pause().multipliedBy(2);
            due.put(
                    driver,
                    new Wipe(
                            time.now().plus(wipe.pause()),
                            doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled));
        }
    }

    private void giveBack() throws InterruptedException {
        Optional<Set<String>> known = alive.get();
        if (known.isEmpty()) {
            return;
        }
        for (String pod : claims.pods()) {
            if (!known.get().contains(pod)) {
                try {
                    claims.unprepare(pod);
                } catch (DeviceException refused) {
                    log.info(
                            "claims of pod {}, which is no more, are still to be given back: {}",
                            pod,
                            refused.getMessage());
                }
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
