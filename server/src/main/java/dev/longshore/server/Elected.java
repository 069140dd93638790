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
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does a piece of work while it leads: of all servers that want to do it, the one whose name stands in a Lease of
/// `kube-system`, by the rules of client-go's `leaderelection`, with times a little shorter, so that another leads
/// within 15 s of a sudden death. Clocks need not agree: a lease is over when nobody was seen to renew it for its
/// duration.
///
/// ```
///   asks every 2 s ─► holder was silent for 13 s ─► leads: work starts, renews every 2 s
///        ▲                                                    │ not renewed for 9 s: work is closed
///        └────────────────────────────────────────────────────┘
/// ```
final class Elected implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Elected.class);

    private static final String NAMESPACE = "kube-system";
    private static final Duration LEASE = Duration.ofSeconds(13);
    private static final Duration RENEW_DEADLINE = Duration.ofSeconds(9);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final double JITTER = 1.2;
    private static final Duration END_LIMIT = Duration.ofSeconds(30);

    private final String name;
    private final String identity;
    private final KubernetesClient client;
    private final Work work;
    private final RandomGenerator randomness;
    private final Time time;
    private SharedIndexInformer<Lease> news;
    private Thread thread = Thread.ofVirtual().unstarted(() -> {});
    private volatile boolean isClosed;

    /// What others were last seen to have written, and when.
    private LeaseSpec observed = new LeaseSpec();

    private long observedAt;
    private boolean isLeading;

    /// Starts the work; what it returns ends it.
    interface Work {
        AutoCloseable start() throws InterruptedException;
    }

    /// @param name of the lease
    /// @param identity of this server, which no other has
    /// @param client may write the lease
    Elected(String name, String identity, KubernetesClient client, Work work, RandomGenerator randomness, Time time) {
        this.name = name;
        this.identity = identity;
        this.client = client;
        this.work = work;
        this.randomness = randomness;
        this.time = time;
    }

    /// Begins to run for it; returns at once.
    void start() {
        // Told at once of every renewal, it need not wait longer than it must.
        news = client.leases().inNamespace(NAMESPACE).withName(name).inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Lease lease) {
                observe(lease.getSpec());
            }

            @Override
            public void onUpdate(Lease before, Lease lease) {
                observe(lease.getSpec());
            }

            @Override
            public void onDelete(Lease lease, boolean isStateUnknown) {
                // Whoever tries next finds none.
            }
        });
        thread = Thread.ofVirtual().name("elected-" + name).start(this::run);
    }

    private void run() {
        try {
            while (!isClosed) {
                while (!acquiresOrRenews()) {
                    time.sleep(pause());
                }
                lead();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException bug) {
            log.error("{}: the election is broken", name, bug);
        }
    }

    /// Not longer than until the lease is over.
    private Duration pause() {
        var usual = Duration.ofNanos((long) (RETRY.toNanos() * (1 + randomness.nextDouble() * JITTER)));
        Duration held = held();
        return held.isPositive() && held.compareTo(usual) < 0 ? held : usual;
    }

    private void lead() throws InterruptedException {
        log.info("{} became leader of {}", identity, name);
        // Starting may take longer than a lease lasts.
        var starting = new Starting();
        Thread starter = Thread.ofVirtual().name("start-" + name).start(starting);
        try {
            renewWhile(starting);
        } finally {
            end(starter, starting);
        }
    }

    /// Returns when the lease is lost, or the work could not be started.
    private void renewWhile(Starting starting) throws InterruptedException {
        long renewed = time.nanoTime();
        while (!starting.hasFailed) {
            time.sleep(RETRY);
            if (acquiresOrRenews()) {
                renewed = time.nanoTime();
            } else if (!isLeading || time.nanoTime() - renewed > RENEW_DEADLINE.toNanos()) {
                log.warn("{} leads {} no longer", identity, name);
                isLeading = false;
                return;
            }
        }
    }

    private void end(Thread starter, Starting starting) {
        try {
            starter.interrupt();
            if (!starter.join(END_LIMIT)) {
                log.error("{} does not end to start", name);
            }
            starting.started.close();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (Exception broken) {
            log.error("{} did not stop in order", name, broken);
        }
        if (isLeading) {
            release();
        }
    }

    private final class Starting implements Runnable {

        private volatile AutoCloseable started = () -> {};
        private volatile boolean hasFailed;

        @Override
        public void run() {
            try {
                started = work.start();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException failed) {
                if (!isClosed) {
                    log.error("{} could not start", name, failed);
                }
                hasFailed = true;
            }
        }
    }

    /// One try.
    private boolean acquiresOrRenews() {
        try {
            Lease present =
                    client.leases().inNamespace(NAMESPACE).withName(name).get();
            if (present == null) {
                isLeading = false;
                observe(client.resource(lease(new LeaseBuilder()
                                .withNewMetadata()
                                .withNamespace(NAMESPACE)
                                .withName(name)
                                .endMetadata()
                                .build()))
                        .create()
                        .getSpec());
                isLeading = true;
                return true;
            }
            LeaseSpec spec = present.getSpec() == null ? new LeaseSpec() : present.getSpec();
            observe(spec);
            boolean isMine = identity.equals(spec.getHolderIdentity());
            isLeading &= isMine;
            if (!isMine && held().isPositive()) {
                return false;
            }
            observe(client.resource(lease(present)).update().getSpec());
            isLeading = true;
            return true;
        } catch (KubernetesClientException refused) {
            log.debug("{}: {}", name, refused.getMessage());
            return false;
        }
    }

    private synchronized void observe(LeaseSpec spec) {
        if (spec != null && !Objects.equals(spec, observed)) {
            observed = spec;
            observedAt = time.nanoTime();
        }
    }

    /// How long it is still held by somebody, by the time that passed here since it was seen to change.
    private synchronized Duration held() {
        String holder = observed.getHolderIdentity();
        return holder == null || holder.isEmpty()
                ? Duration.ZERO
                : Duration.ofSeconds(seconds(observed)).minusNanos(time.nanoTime() - observedAt);
    }

    private static long seconds(LeaseSpec spec) {
        return spec.getLeaseDurationSeconds() == null ? LEASE.toSeconds() : spec.getLeaseDurationSeconds();
    }

    private Lease lease(Lease before) {
        ZonedDateTime now = ZonedDateTime.ofInstant(time.now(), ZoneOffset.UTC);
        LeaseSpec held = before.getSpec() == null ? new LeaseSpec() : before.getSpec();
        boolean isNew = before.getMetadata().getResourceVersion() == null;
        boolean isMine = identity.equals(held.getHolderIdentity());
        int transitions = held.getLeaseTransitions() == null ? 0 : held.getLeaseTransitions();
        return new LeaseBuilder(before)
                .editOrNewSpec()
                .withHolderIdentity(identity)
                .withLeaseDurationSeconds((int) LEASE.toSeconds())
                .withAcquireTime(isMine && held.getAcquireTime() != null ? held.getAcquireTime() : now)
                .withRenewTime(now)
                .withLeaseTransitions(isNew || isMine ? transitions : transitions + 1)
                .endSpec()
                .build();
    }

    /// Another need not wait until the lease is over.
    private void release() {
        isLeading = false;
        try {
            Lease present =
                    client.leases().inNamespace(NAMESPACE).withName(name).get();
            if (present != null && identity.equals(present.getSpec().getHolderIdentity())) {
                client.resource(new LeaseBuilder(present)
                                .editSpec()
                                .withHolderIdentity("")
                                .withLeaseDurationSeconds(1)
                                .withRenewTime(ZonedDateTime.ofInstant(time.now(), ZoneOffset.UTC))
                                .endSpec()
                                .build())
                        .update();
            }
        } catch (KubernetesClientException refused) {
            log.debug("{} is not given back: {}", name, refused.getMessage());
        }
    }

    /// Ends the work, and gives the lease back.
    @Override
    public void close() {
        isClosed = true;
        if (news != null) {
            news.stop();
        }
        thread.interrupt();
        try {
            if (!thread.join(END_LIMIT)) {
                log.warn("{} does not end", name);
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
