package dev.longshore.store.etcd;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcCall;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.WatchQuery;
import dev.longshore.store.Watcher;
import dev.longshore.store.grpc.proto.WatchCreateRequest;
import dev.longshore.store.grpc.proto.WatchRequest;
import dev.longshore.store.grpc.proto.WatchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A watch at one member after another. One thread takes what etcd says into a bounded queue, of which the reader takes
/// all at once; while it is full, etcd is not listened to.
///
/// ```
///   etcd ─► pump: position, events of the range ─► queue ─► next()
///            └ broken: the next member, from position + 1 on
/// ```
///
/// It watches all keys, whatever its range: only so it always knows up to which revision it has heard everything. What
/// etcd tells of a narrower watch's progress when asked may come before the events (3.4 before 3.4.25, 3.5 before
/// 3.5.8), and unasked only every ten minutes.
final class EtcdWatcher implements Watcher {

    private static final Logger log = LoggerFactory.getLogger(EtcdWatcher.class);

    /// Events; an answer that finds fewer in the queue is taken whole.
    private static final int QUEUE_LIMIT = 1024;

    /// A stream is begun anew after so long, if nothing else ends it.
    private static final Duration LONGEST_STREAM = Duration.ofDays(1);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /// A reader that wants all there is waits so long for it.
    private static final Duration CATCH_UP = Duration.ofSeconds(10);

    private final WatchQuery query;
    private final EtcdMembers members;
    private final RevisionShift shift;
    private final EtcdAnswers answers;
    private final Store store;
    private final Consumer<EtcdWatcher> onClose;
    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition drained = lock.newCondition();
    private List<Event> queue = new ArrayList<>();
    private Optional<StoreFault> failure = Optional.empty();
    /// Everything up to here has been queued, or handed out.
    private long position;
    /// Everything up to here was reported by a batch.
    private long reported;

    private Optional<GrpcCall<WatchRequest, WatchResponse>> current = Optional.empty();

    /// @param from the first revision wanted
    /// @param store that it is a watch of
    EtcdWatcher(
            WatchQuery query,
            long from,
            EtcdMembers members,
            RevisionShift shift,
            Store store,
            Consumer<EtcdWatcher> onClose,
            Time time) {
        this.query = query;
        this.members = members;
        this.shift = shift;
        this.answers = new EtcdAnswers(shift);
        this.store = store;
        this.onClose = onClose;
        this.time = time;
        this.position = from - 1;
        this.reported = from - 1;
    }

    void start() {
        Thread.ofVirtual().name("etcd-watch").start(this::pump);
    }

    /// The oldest revision of etcd's, as it says when a watch is to begin before it.
    ///
    /// @param gone a revision that is not there any more
    static long oldest(EtcdMembers members, long gone) {
        return members.ask(
                member -> {
                    try (GrpcCall<WatchRequest, WatchResponse> call =
                            member.open(EtcdMethods.WATCH, EtcdMembers.ATTEMPT)) {
                        call.send(WatchRequest.newBuilder()
                                .setCreateRequest(WatchCreateRequest.newBuilder()
                                        .setKey(EtcdRanges.key(EtcdStore.SHIFT))
                                        .setStartRevision(gone))
                                .build());
                        while (true) {
                            WatchResponse answer = call.receive()
                                    .orElseThrow(() -> new IllegalStateException("etcd ended a watch with no word"));
                            if (answer.getCanceled()) {
                                return answer.getCompactRevision();
                            }
                        }
                    }
                },
                EtcdMembers.Repeat.SAFE);
    }

    private void pump() {
        int failures = 0;
        while (!isOver()) {
            long before = position();
            try {
                if (failures > 0) {
                    requireKept();
                }
                follow(members.member(failures));
            } catch (EtcdMembers.Unreachable | GrpcException broken) {
                log.debug("a watch goes on elsewhere: {}", broken.getMessage());
            } catch (StoreException refused) {
                if (!(refused.fault() instanceof StoreFault.Unavailable)) {
                    fail(refused.fault());
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                fail(new StoreFault.Closed());
            } catch (RuntimeException bug) {
                log.error("a watch of etcd is broken", bug);
                fail(new StoreFault.Unavailable(bug.toString()));
            }
            failures = position() > before ? 0 : failures + 1;
            if (!isOver()) {
                pause();
            }
        }
    }

    /// Of the oldest revision kept, etcd has forgotten the deletions (before 3.5.17).
    private void requireKept() {
        long oldest = store.compactedRevision();
        long next = position() + 1;
        if (next <= oldest) {
            throw new StoreException(new StoreFault.Compacted(next, oldest));
        }
    }

    private void pause() {
        try {
            time.sleep(PAUSE);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            fail(new StoreFault.Closed());
        }
    }

    /// Returns when the stream has ended, or is of no use any more.
    private void follow(GrpcClient member) throws InterruptedException {
        try (GrpcCall<WatchRequest, WatchResponse> call = member.open(EtcdMethods.WATCH, LONGEST_STREAM)) {
            if (!begin(call)) {
                return;
            }
            call.send(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder()
                            .setKey(EtcdRanges.ZERO)
                            .setRangeEnd(EtcdRanges.ZERO)
                            .setStartRevision(shift.theirs(position() + 1))
                            .setProgressNotify(true)
                            .setPrevKv(query.previous()))
                    .build());
            for (var next = call.receive(); next.isPresent(); next = call.receive()) {
                if (!take(next.get())) {
                    return;
                }
            }
        } finally {
            begin(null);
        }
    }

    /// @return false if nobody wants it any more
    private boolean begin(GrpcCall<WatchRequest, WatchResponse> call) {
        lock.lock();
        try {
            current = Optional.ofNullable(call);
            return failure.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// @return false if the stream is of no use any more
    private boolean take(WatchResponse answer) throws InterruptedException {
        if (answer.getCompactRevision() > 0) {
            fail(new StoreFault.Compacted(position() + 1, shift.ours(answer.getCompactRevision())));
            return false;
        }
        if (answer.getCanceled()) {
            log.debug("etcd ended a watch: {}", answer.getCancelReason());
            return false;
        }
        if (answer.getCreated()) {
            return true;
        }
        lock.lockInterruptibly();
        try {
            while (failure.isEmpty() && queue.size() >= QUEUE_LIMIT) {
                drained.await();
            }
            for (var event : answer.getEventsList()) {
                Event ours = answers.event(event);
                // Whatever a new member tells again is known.
                if (ours.entry().modRevision() > position
                        && query.range().contains(ours.entry().key())) {
                    queue.add(ours);
                }
            }
            position = Math.max(position, upTo(answer));
            changed.signalAll();
            return failure.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// Events come in the order of their revisions; an answer without any tells how far all has been told.
    private long upTo(WatchResponse answer) {
        int count = answer.getEventsCount();
        return shift.ours(
                count == 0
                        ? answer.getHeader().getRevision()
                        : answer.getEvents(count - 1).getKv().getModRevision());
    }

    @Override
    public Optional<Batch> next(Duration limit) throws InterruptedException {
        boolean wantsAllThereIs = !limit.isPositive();
        long upTo = wantsAllThereIs && isEmpty() ? store.revision() : 0;
        long left = wantsAllThereIs ? CATCH_UP.toNanos() : limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (failure.isEmpty() && queue.isEmpty() && left > 0 && !(wantsAllThereIs && position >= upTo)) {
                left = changed.awaitNanos(left);
            }
            if (queue.isEmpty()) {
                failure.ifPresent(fault -> {
                    throw new StoreException(fault);
                });
                if (wantsAllThereIs && position < upTo) {
                    throw new StoreException(new StoreFault.Unavailable("etcd does not tell what has happened"));
                }
                return progress();
            }
            List<Event> events = queue;
            queue = new ArrayList<>();
            reported = position;
            drained.signalAll();
            return Optional.of(new Batch(position, List.copyOf(events)));
        } finally {
            lock.unlock();
        }
    }

    private Optional<Batch> progress() {
        if (reported >= position) {
            return Optional.empty();
        }
        reported = position;
        return Optional.of(new Batch(position, List.of()));
    }

    @Override
    public void close() {
        fail(new StoreFault.Closed());
        lock.lock();
        try {
            queue = new ArrayList<>();
        } finally {
            lock.unlock();
        }
    }

    private void fail(StoreFault fault) {
        onClose.accept(this);
        lock.lock();
        try {
            failure = failure.or(() -> Optional.of(fault));
            changed.signalAll();
            drained.signalAll();
            current.ifPresent(GrpcCall::close);
        } finally {
            lock.unlock();
        }
    }

    private boolean isEmpty() {
        lock.lock();
        try {
            return queue.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private boolean isOver() {
        lock.lock();
        try {
            return failure.isPresent();
        } finally {
            lock.unlock();
        }
    }

    private long position() {
        lock.lock();
        try {
            return position;
        } finally {
            lock.unlock();
        }
    }
}
