package dev.longshore.store.etcd;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcCall;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.Lease;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.RangeResult;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Txn;
import dev.longshore.store.TxnResult;
import dev.longshore.store.WatchQuery;
import dev.longshore.store.Watcher;
import dev.longshore.store.etcd.EtcdMembers.Repeat;
import dev.longshore.store.grpc.proto.CompactionRequest;
import dev.longshore.store.grpc.proto.LeaseGrantRequest;
import dev.longshore.store.grpc.proto.LeaseGrantResponse;
import dev.longshore.store.grpc.proto.LeaseKeepAliveRequest;
import dev.longshore.store.grpc.proto.LeaseKeepAliveResponse;
import dev.longshore.store.grpc.proto.LeaseRevokeRequest;
import dev.longshore.store.grpc.proto.LeaseTimeToLiveRequest;
import dev.longshore.store.grpc.proto.TxnResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// A store kept by an etcd cluster, which others may use at the same time.
///
/// - Any member is asked; a failed one's questions go to the next, if they may be asked twice.
/// - A write of which nobody knows whether it was done ends with [StoreFault.OutcomeUnknown]; one that was not, with
///   [StoreFault.Unavailable]. Nothing is written twice.
/// - Reads are linearizable.
/// - Watches go on at another member, without gap.
/// - Revisions are etcd's and what [#SHIFT] says, so that a cluster that was moved here goes on where it was.
public final class EtcdStore implements Store {

    /// Under it stands, in digits, what is added to etcd's revisions; without it, nothing is.
    public static final Key SHIFT = Key.of("longshore/revision-shift");

    /// Keys that are this program's own, and no part of the state.
    static final Key OURS = Key.of("longshore/");

    /// There while a state is being moved here.
    static final Key UNFINISHED = Key.of("longshore/migration");

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final EtcdMembers members;
    private final RevisionShift shift;
    private final EtcdReader reader;
    /// Knows etcd's revisions only.
    private final EtcdReader bare;
    private final EtcdRequests requests;
    private final EtcdAnswers answers;
    private final Time time;
    private final Set<EtcdWatcher> watchers = ConcurrentHashMap.newKeySet();
    /// The oldest revision of etcd's that may be there.
    private final AtomicLong compacted = new AtomicLong();

    private volatile boolean isClosed;

    EtcdStore(EtcdMembers members, RevisionShift shift, Time time) {
        this.members = members;
        this.shift = shift;
        this.reader = new EtcdReader(members, shift);
        this.bare = new EtcdReader(members, new RevisionShift(0));
        this.requests = new EtcdRequests(shift);
        this.answers = new EtcdAnswers(shift);
        this.time = time;
    }

    /// The store in the cluster that `config` names.
    ///
    /// @throws StoreException with [StoreFault.Unavailable] while none of its members answers
    public static EtcdStore open(EtcdConfig config, RandomGenerator randomness, Time time) {
        var members =
                new EtcdMembers(config, randomness.nextInt(config.endpoints().size()), time);
        try {
            return new EtcdStore(members, shift(members), time);
        } catch (GrpcException refused) {
            members.close();
            throw new StoreException(EtcdFaults.fault(refused, 0, () -> 0, () -> 0), refused);
        } catch (RuntimeException failed) {
            members.close();
            throw failed;
        }
    }

    private static RevisionShift shift(EtcdMembers members) {
        var reader = new EtcdReader(members, new RevisionShift(0));
        if (!reader.read(RangeQuery.of(UNFINISHED)).entries().isEmpty()) {
            throw new StoreException(new StoreFault.Invalid(
                    "a migration into this etcd was not finished: delete all its keys and migrate anew"));
        }
        RangeResult found = reader.read(RangeQuery.of(SHIFT));
        if (found.entries().isEmpty()) {
            return new RevisionShift(0);
        }
        String digits = new String(found.entries().getFirst().value(), StandardCharsets.US_ASCII);
        try {
            return RevisionShift.parse(digits);
        } catch (NumberFormatException broken) {
            throw new StoreException(new StoreFault.Damaged(SHIFT + " holds no number of revisions"), broken);
        }
    }

    @Override
    public long revision() {
        return read(RangeQuery.of(SHIFT)).revision();
    }

    /// Asks whether the last known one is there still, and only if not, which is the oldest now.
    @Override
    public long compactedRevision() {
        long known = Math.max(1, compacted.get());
        if (!isThere(known)) {
            compacted.accumulateAndGet(EtcdWatcher.oldest(members, known), Math::max);
        }
        return Math.max(0, compacted.get() + shift.by());
    }

    /// @param revision one of etcd's
    /// @return false if it has been compacted away
    private boolean isThere(long revision) {
        requireOpen();
        try {
            bare.read(new RangeQuery(KeyRange.single(SHIFT), revision, 0, true, false));
            return true;
        } catch (GrpcException refused) {
            if (EtcdFaults.isCompacted(refused)) {
                return false;
            }
            throw exception(refused, 0);
        }
    }

    @Override
    public RangeResult range(RangeQuery query) {
        return read(query);
    }

    private RangeResult read(RangeQuery query) {
        requireOpen();
        try {
            return reader.read(query);
        } catch (GrpcException refused) {
            throw exception(refused, query.revision());
        }
    }

    @Override
    public TxnResult commit(Txn txn) {
        requireOpen();
        try {
            TxnResponse answer =
                    members.ask(EtcdMethods.TXN, requests.txn(txn), isWriting(txn) ? Repeat.UNSAFE : Repeat.SAFE);
            return answers.txn(answer);
        } catch (GrpcException refused) {
            throw exception(refused, asked(txn));
        }
    }

    private static boolean isWriting(Txn txn) {
        return isWriting(txn.success()) || isWriting(txn.failure());
    }

    private static boolean isWriting(List<Txn.Operation> operations) {
        return operations.stream().anyMatch(operation -> switch (operation) {
            case Txn.Operation.Get _ -> false;
            case Txn.Operation.Put _, Txn.Operation.Change _, Txn.Operation.Delete _ -> true;
            case Txn.Operation.Nested(Txn inner) -> isWriting(inner);
        });
    }

    /// The lease that a refusal may be about, or the revision.
    private static long asked(Txn txn) {
        return txn.success().stream()
                .mapToLong(operation -> switch (operation) {
                    case Txn.Operation.Put put -> put.lease();
                    case Txn.Operation.Get get -> get.query().revision();
                    case Txn.Operation.Change _, Txn.Operation.Delete _, Txn.Operation.Nested _ -> 0;
                })
                .max()
                .orElse(0);
    }

    @Override
    public Watcher watch(WatchQuery query) {
        requireOpen();
        long now = revision();
        long from = query.fromRevision() == 0 ? now + 1 : query.fromRevision();
        if (shift.isBefore(from)) {
            throw new StoreException(new StoreFault.Compacted(from, compactedRevision()));
        }
        if (from <= now && !isThere(shift.theirs(from))) {
            throw new StoreException(new StoreFault.Compacted(from, compactedRevision()));
        }
        var watcher = new EtcdWatcher(query, from, members, shift, this, watchers::remove, time);
        watchers.add(watcher);
        watcher.start();
        if (isClosed) {
            watcher.close();
        }
        return watcher;
    }

    /// One that is chosen by etcd may be granted twice when an answer is lost: what nobody knows of ends by itself.
    @Override
    public Lease grant(long id, Duration ttl) {
        requireOpen();
        if (!ttl.isPositive()) {
            throw new StoreException(new StoreFault.Invalid("a lease of " + ttl));
        }
        long seconds = (ttl.toNanos() + SECOND - 1) / SECOND;
        try {
            LeaseGrantResponse granted = members.ask(
                    EtcdMethods.GRANT,
                    LeaseGrantRequest.newBuilder().setTTL(seconds).setID(id).build(),
                    id == 0 ? Repeat.SAFE : Repeat.UNSAFE);
            return lease(granted.getID(), granted.getTTL());
        } catch (GrpcException refused) {
            throw exception(refused, id);
        }
    }

    @Override
    public Lease keepAlive(long id) {
        requireOpen();
        try {
            long seconds = members.ask(member -> keptAlive(member, id), Repeat.SAFE);
            if (seconds <= 0) {
                throw new StoreException(new StoreFault.LeaseNotFound(id));
            }
            return lease(id, seconds);
        } catch (GrpcException refused) {
            throw exception(refused, id);
        }
    }

    private static long keptAlive(GrpcClient member, long id) throws InterruptedException {
        try (GrpcCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call =
                member.open(EtcdMethods.KEEP_ALIVE, EtcdMembers.ATTEMPT)) {
            call.send(LeaseKeepAliveRequest.newBuilder().setID(id).build());
            return call.receive().map(LeaseKeepAliveResponse::getTTL).orElse(0L);
        }
    }

    /// The full time of a lease; empty when there is none.
    OptionalLong grantedSeconds(long id) {
        try {
            long granted = members.ask(
                            EtcdMethods.TIME_TO_LIVE,
                            LeaseTimeToLiveRequest.newBuilder().setID(id).build(),
                            Repeat.SAFE)
                    .getGrantedTTL();
            return granted > 0 ? OptionalLong.of(granted) : OptionalLong.empty();
        } catch (GrpcException refused) {
            throw exception(refused, id);
        }
    }

    private static Lease lease(long id, long seconds) {
        return new Lease(id, Duration.ofSeconds(seconds), Duration.ofSeconds(seconds));
    }

    @Override
    public void revoke(long id) {
        requireOpen();
        try {
            members.ask(
                    EtcdMethods.REVOKE,
                    LeaseRevokeRequest.newBuilder().setID(id).build(),
                    Repeat.UNSAFE);
        } catch (GrpcException refused) {
            throw exception(refused, id);
        }
    }

    @Override
    public void compact(long revision) {
        requireOpen();
        if (shift.isBefore(revision)) {
            throw new StoreException(new StoreFault.Compacted(revision, compactedRevision()));
        }
        try {
            members.ask(
                    EtcdMethods.COMPACT,
                    CompactionRequest.newBuilder()
                            .setRevision(shift.theirs(revision))
                            .build(),
                    Repeat.UNSAFE);
            compacted.accumulateAndGet(shift.theirs(revision), Math::max);
        } catch (GrpcException refused) {
            throw exception(refused, revision);
        }
    }

    private StoreException exception(GrpcException refused, long asked) {
        return new StoreException(EtcdFaults.fault(refused, asked, this::compactedRevision, this::revision), refused);
    }

    private void requireOpen() {
        if (isClosed) {
            throw new StoreException(new StoreFault.Closed());
        }
    }

    @Override
    public void close() {
        isClosed = true;
        List.copyOf(watchers).forEach(EtcdWatcher::close);
        members.close();
    }
}
