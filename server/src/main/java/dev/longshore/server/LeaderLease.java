package dev.longshore.server;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A Lease of `kube-system` with the name of the one server that leads, by the rules of client-go's `leaderelection`.
/// Clocks need not agree: it is over when nobody was seen to renew it for its duration. Thread-safe.
final class LeaderLease implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LeaderLease.class);
    private static final String NAMESPACE = "kube-system";

    private final String name;
    private final String identity;
    private final Duration length;
    private final KubernetesClient client;
    private final Time time;
    private Optional<SharedIndexInformer<Lease>> news = Optional.empty();

    /// What was last seen to be written, and when.
    private LeaseSpec observed = new LeaseSpec();

    private long observedAt;

    /// What came of a try.
    enum Outcome {
        HELD,
        ANOTHERS,
        /// Nobody answered, or somebody else was quicker.
        UNKNOWN
    }

    /// @param identity of this server, which no other has
    /// @param length how long it lasts
    /// @param client may write it
    LeaderLease(String name, String identity, Duration length, KubernetesClient client, Time time) {
        this.name = name;
        this.identity = identity;
        this.length = length;
        this.client = client;
        this.time = time;
    }

    /// Hears of every renewal at once from now on, so that nobody need wait longer than he must.
    void follow() {
        news = Optional.of(client.leases().inNamespace(NAMESPACE).withName(name).inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Lease lease) {
                observe(spec(lease));
            }

            @Override
            public void onUpdate(Lease before, Lease lease) {
                observe(spec(lease));
            }

            @Override
            public void onDelete(Lease lease, boolean isStateUnknown) {
                // Whoever tries next finds none.
            }
        }));
    }

    /// Takes it, or renews it.
    Outcome attempt() {
        try {
            Lease present = present();
            if (present == null) {
                observe(spec(client.resource(taken(empty())).create()));
                return Outcome.HELD;
            }
            observe(spec(present));
            if (!isMine(present) && heldFor().isPositive()) {
                return Outcome.ANOTHERS;
            }
            observe(spec(client.resource(taken(present)).update()));
            return Outcome.HELD;
        } catch (KubernetesClientException refused) {
            log.debug("{}: {}", name, refused.getMessage());
            return Outcome.UNKNOWN;
        }
    }

    /// How long it is still held by somebody, by the time that passed here since it was seen to change.
    synchronized Duration heldFor() {
        String holder = observed.getHolderIdentity();
        if (holder == null || holder.isEmpty()) {
            return Duration.ZERO;
        }
        Integer seconds = observed.getLeaseDurationSeconds();
        Duration whole = seconds == null ? length : Duration.ofSeconds(seconds);
        return whole.minusNanos(time.nanoTime() - observedAt);
    }

    /// Another need not wait until it is over.
    void release() {
        try {
            Lease present = present();
            if (present != null && isMine(present)) {
                client.resource(new LeaseBuilder(present)
                                .editSpec()
                                .withHolderIdentity("")
                                .withLeaseDurationSeconds(1)
                                .withRenewTime(now())
                                .endSpec()
                                .build())
                        .update();
            }
        } catch (KubernetesClientException refused) {
            log.debug("{} is not given back: {}", name, refused.getMessage());
        }
    }

    private Lease present() {
        return client.leases().inNamespace(NAMESPACE).withName(name).get();
    }

    private Lease empty() {
        return new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(name)
                .endMetadata()
                .build();
    }

    private Lease taken(Lease before) {
        LeaseSpec held = spec(before);
        boolean isNew = before.getMetadata().getResourceVersion() == null;
        int transitions = held.getLeaseTransitions() == null ? 0 : held.getLeaseTransitions();
        return new LeaseBuilder(before)
                .editOrNewSpec()
                .withHolderIdentity(identity)
                .withLeaseDurationSeconds((int) length.toSeconds())
                .withAcquireTime(isMine(before) && held.getAcquireTime() != null ? held.getAcquireTime() : now())
                .withRenewTime(now())
                .withLeaseTransitions(isNew || isMine(before) ? transitions : transitions + 1)
                .endSpec()
                .build();
    }

    private synchronized void observe(LeaseSpec spec) {
        if (!Objects.equals(spec, observed)) {
            observed = spec;
            observedAt = time.nanoTime();
        }
    }

    private boolean isMine(Lease lease) {
        return identity.equals(spec(lease).getHolderIdentity());
    }

    private static LeaseSpec spec(Lease lease) {
        return lease.getSpec() == null ? new LeaseSpec() : lease.getSpec();
    }

    private ZonedDateTime now() {
        return ZonedDateTime.ofInstant(time.now(), ZoneOffset.UTC);
    }

    @Override
    public void close() {
        news.ifPresent(SharedIndexInformer::stop);
    }
}
