package dev.longshore.store.etcd;

import static dev.longshore.store.etcd.EtcdFaults.Fate.NOT_DONE;
import static dev.longshore.store.etcd.EtcdFaults.Fate.REFUSED;
import static dev.longshore.store.etcd.EtcdFaults.fate;

import com.google.protobuf.MessageLite;
import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.http.grpc.GrpcSettings;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// The members of the cluster, of which one is asked until it fails. What fails without having been done is asked
/// again: of every member once, and then until [#PATIENCE] is over, which is longer than an election. What may have
/// been done is asked again only if that changes nothing. Thread-safe.
final class EtcdMembers implements AutoCloseable {

    /// Longer than etcd itself takes to give up (7 seconds), so that it can say why.
    static final Duration ATTEMPT = Duration.ofSeconds(10);

    private static final Duration CONNECTING = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final Duration PAUSE = Duration.ofMillis(100);

    /// Members that have lost their leader say so at once, instead of waiting for another.
    private static final GrpcSettings SETTINGS =
            new GrpcSettings(Map.of("hasleader", "true"), Duration.ofSeconds(10), Integer.MAX_VALUE);

    private final List<Member> members;
    private final Time time;
    private final AtomicInteger preferred;
    private volatile boolean isClosed;

    /// @param first of which it is asked first
    EtcdMembers(EtcdConfig config, int first, Time time) {
        this.members = config.endpoints().stream()
                .map(endpoint -> new Member(config, endpoint))
                .toList();
        this.preferred = new AtomicInteger(Math.floorMod(first, members.size()));
        this.time = time;
    }

    /// What is done with one member.
    interface Question<R> {
        R ask(GrpcClient member) throws InterruptedException;
    }

    /// Whether a question may be asked again of which nobody knows whether it has been answered.
    enum Repeat {
        SAFE,
        UNSAFE
    }

    /// One question, one answer.
    ///
    /// @throws GrpcException as etcd refuses
    /// @throws StoreException with [StoreFault.Unavailable], [StoreFault.OutcomeUnknown] or [StoreFault.Closed]
    <Q extends MessageLite, R extends MessageLite> R ask(GrpcMethod<Q, R> method, Q request, Repeat repeat) {
        return ask(member -> member.call(method, request, ATTEMPT), repeat);
    }

    /// As above.
    <R> R ask(Question<R> question, Repeat repeat) {
        try {
            return asked(question, repeat);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            throw new StoreException(
                    repeat == Repeat.SAFE
                            ? new StoreFault.Unavailable("interrupted")
                            : new StoreFault.OutcomeUnknown("interrupted"),
                    hurried);
        }
    }

    private <R> R asked(Question<R> question, Repeat repeat) throws InterruptedException {
        long begun = time.nanoTime();
        int first = preferred.get();
        String why = "";
        for (int attempt = 0; ; attempt++) {
            int index = (first + attempt) % members.size();
            try {
                R answer = members.get(index).ask(question);
                preferred.set(index);
                return answer;
            } catch (GrpcException refused) {
                requireOpen();
                EtcdFaults.Fate fate = fate(refused);
                if (fate == REFUSED) {
                    throw refused;
                }
                preferred.compareAndSet(index, (index + 1) % members.size());
                if (fate != NOT_DONE && repeat == Repeat.UNSAFE) {
                    throw new StoreException(new StoreFault.OutcomeUnknown(refused.getMessage()), refused);
                }
                why = refused.getMessage();
            } catch (Unreachable nobody) {
                requireOpen();
                // What etcd itself says tells more.
                why = why.isEmpty() ? nobody.getMessage() : why;
            }
            if (attempt + 1 >= members.size()) {
                if (time.nanoTime() - begun > PATIENCE.toNanos()) {
                    throw new StoreException(new StoreFault.Unavailable(why));
                }
                time.sleep(PAUSE);
            }
        }
    }

    /// A member to talk with for long: the one that answered last, or the next.
    ///
    /// @param attempt counts those that failed
    /// @throws Unreachable when there is no connection
    GrpcClient member(int attempt) throws Unreachable, InterruptedException {
        requireOpen();
        return members.get((preferred.get() + attempt) % members.size()).connected();
    }

    private void requireOpen() {
        if (isClosed) {
            throw new StoreException(new StoreFault.Closed());
        }
    }

    @Override
    public void close() {
        isClosed = true;
        members.forEach(Member::close);
    }

    /// Nothing was sent.
    static final class Unreachable extends Exception {

        private static final long serialVersionUID = 1L;

        Unreachable(EtcdConfig.Endpoint endpoint) {
            super("no connection to etcd at " + endpoint);
        }
    }

    private static final class Member {

        private final EtcdConfig config;
        private final EtcdConfig.Endpoint endpoint;
        private GrpcClient client;
        private boolean isClosed;

        Member(EtcdConfig config, EtcdConfig.Endpoint endpoint) {
            this.config = config;
            this.endpoint = endpoint;
        }

        <R> R ask(Question<R> question) throws Unreachable, InterruptedException {
            return question.ask(connected());
        }

        GrpcClient connected() throws Unreachable, InterruptedException {
            GrpcClient known = client();
            try {
                if (known.awaitConnected(CONNECTING)) {
                    return known;
                }
            } catch (GrpcException closed) {
                // As one that does not answer.
            }
            throw new Unreachable(endpoint);
        }

        /// A name is looked up until it is found.
        private synchronized GrpcClient client() throws Unreachable {
            if (client == null) {
                var address = new InetSocketAddress(endpoint.host(), endpoint.port());
                if (address.isUnresolved() || isClosed) {
                    throw new Unreachable(endpoint);
                }
                client = config.tls()
                        .map(tls -> GrpcClient.to(address, tls, SETTINGS))
                        .orElseGet(() -> GrpcClient.to(address, SETTINGS));
            }
            return client;
        }

        synchronized void close() {
            isClosed = true;
            if (client != null) {
                client.close();
            }
        }
    }
}
