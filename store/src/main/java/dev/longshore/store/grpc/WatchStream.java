package dev.longshore.store.grpc;

import com.google.protobuf.ByteString;
import dev.longshore.http.grpc.Conversation;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.EmbeddedWatcher;
import dev.longshore.store.EmbeddedWatcher.News;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.WatchQuery;
import dev.longshore.store.Watcher;
import dev.longshore.store.grpc.proto.Event;
import dev.longshore.store.grpc.proto.WatchCreateRequest;
import dev.longshore.store.grpc.proto.WatchCreateRequest.FilterType;
import dev.longshore.store.grpc.proto.WatchRequest;
import dev.longshore.store.grpc.proto.WatchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The watches of one stream; what goes out is whole messages, one after the other. A watch that wants the new events
/// only is sent them by the [WatchPump], as long as its client takes them. Others have a virtual thread that reads and
/// sends, and so have those that would make the pump wait, until they have caught up:
///
/// ```
///            news                   sent
///   idle ───────────► in the pump ─────────► idle
///     ▲                    │ client takes nothing, history is to be read, somebody else is sending
///     └──── caught up ◄────┘ by a thread of its own
/// ```
final class WatchStream implements AutoCloseable {

    /// What etcd sends in one message; a watch that allows it gets longer ones in fragments.
    private static final int LARGEST = 1536 * 1024 + 512 * 1024;

    private static final long NOBODY = -1;
    /// Of a watch that nothing happens to, between two looks.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final Duration WAKING = Duration.ofMillis(20);
    private static final ByteString FIRST_KEY = ByteString.copyFrom(new byte[1]);

    private final EmbeddedStore store;
    private final EtcdMember member;
    private final WatchPump pump;
    private final Duration silence;
    private final Conversation<WatchRequest, WatchResponse> talk;
    private final ReentrantLock sending = new ReentrantLock();
    private final ReentrantLock progress = new ReentrantLock();
    private final Condition progressed = progress.newCondition();
    private final Map<Long, Running> running = new ConcurrentHashMap<>();
    private volatile boolean isAskedForProgress;
    private long nextId;

    WatchStream(
            EmbeddedStore store,
            EtcdMember member,
            WatchPump pump,
            Duration silence,
            Conversation<WatchRequest, WatchResponse> talk) {
        this.store = store;
        this.member = member;
        this.pump = pump;
        this.silence = silence;
        this.talk = talk;
    }

    /// By the thread that reads requests only, as the next two.
    void create(WatchCreateRequest request) throws InterruptedException {
        KeyRange range = range(request);
        boolean isEmpty =
                range.end().isPresent() && range.start().compareTo(range.end().get()) >= 0;
        if (isEmpty) {
            send(refused("mvcc: watcher range is empty"));
            return;
        }
        long id = request.getWatchId() == 0 ? freeId() : request.getWatchId();
        if (running.containsKey(id)) {
            send(refused("mvcc: duplicate watch ID provided on the WatchStream"));
            return;
        }
        long from = request.getStartRevision();
        EmbeddedWatcher watcher;
        try {
            watcher = store.watch(new WatchQuery(range, from, request.getPrevKv()));
        } catch (StoreException gone) {
            send(answer(id).setCreated(true).build());
            send(ended(id, gone));
            return;
        }
        var watch = new Running(id, request, watcher, from == 0 ? store.revision() : from - 1);
        send(answer(id).setCreated(true).build());
        running.put(id, watch);
        watch.begin();
    }

    void cancel(long id) throws InterruptedException {
        Running watch = running.remove(id);
        if (watch != null) {
            watch.end();
            send(answer(id).setCanceled(true).build());
        }
    }

    /// Says, for all watches together, up to which revision everything was sent.
    void tellProgress() throws InterruptedException {
        long wanted = store.revision();
        long left = LONGEST_WAIT.toNanos();
        progress.lockInterruptibly();
        isAskedForProgress = true;
        try {
            while (reached(wanted) < wanted && left > 0) {
                running.values().stream()
                        .filter(watch -> watch.reached < wanted)
                        .forEach(watch -> watch.watcher.wake());
                left -= WAKING.toNanos() - Math.max(0, progressed.awaitNanos(WAKING.toNanos()));
            }
        } finally {
            isAskedForProgress = false;
            progress.unlock();
        }
        send(WatchResponse.newBuilder()
                .setHeader(member.header(reached(wanted)))
                .setWatchId(NOBODY)
                .build());
    }

    private long reached(long most) {
        return running.values().stream().mapToLong(watch -> watch.reached).reduce(most, Math::min);
    }

    @Override
    public void close() {
        var ended = List.copyOf(running.values());
        // They have nobody left to say farewell to.
        running.clear();
        ended.forEach(Running::end);
    }

    private long freeId() {
        while (running.containsKey(nextId)) {
            nextId++;
        }
        return nextId++;
    }

    /// Without a key, from the first.
    private static KeyRange range(WatchCreateRequest request) {
        ByteString key = request.getKey().isEmpty() ? FIRST_KEY : request.getKey();
        KeyRange range = Ranges.range(key, request.getRangeEnd());
        return request.getKey().isEmpty() ? new KeyRange(Key.of(""), range.end()) : range;
    }

    private WatchResponse.Builder answer(long id) {
        return WatchResponse.newBuilder().setHeader(member.header(store)).setWatchId(id);
    }

    private WatchResponse refused(String why) {
        return answer(NOBODY)
                .setCreated(true)
                .setCanceled(true)
                .setCancelReason(why)
                .build();
    }

    private WatchResponse ended(long id, StoreException why) {
        WatchResponse.Builder end = answer(id).setCanceled(true);
        if (why.fault() instanceof StoreFault.Compacted(long _, long oldest)) {
            end.setCompactRevision(oldest);
        } else {
            end.setCancelReason(Refusals.of(why).getMessage());
        }
        return end.build();
    }

    private void send(WatchResponse response) throws InterruptedException {
        sending.lockInterruptibly();
        try {
            talk.send(response);
        } finally {
            sending.unlock();
        }
    }

    /// One watch.
    private final class Running implements WatchPump.Turn {
        private final long id;
        private final WatchCreateRequest request;
        private final EmbeddedWatcher watcher;
        /// Whether it is in the pump or has a thread.
        private final AtomicBoolean isTaken = new AtomicBoolean(true);

        private volatile long reached;
        private volatile Thread thread;
        private long lastSaid = System.nanoTime();

        Running(long id, WatchCreateRequest request, EmbeddedWatcher watcher, long reached) {
            this.id = id;
            this.request = request;
            this.watcher = watcher;
            this.reached = reached;
        }

        void begin() {
            // What was before comes from the disk, silence is measured by waiting, fragments are several messages.
            boolean needsThread = request.getPrevKv() || request.getProgressNotify() || request.getFragment();
            if (needsThread) {
                start(this::attend);
            } else {
                watcher.listen(this::queue);
                start(this::catchUp);
            }
        }

        private void queue() {
            if (!isTaken.get() && isTaken.compareAndSet(false, true)) {
                pump.add(this);
            }
        }

        @Override
        public void take(LastEvent events) {
            boolean wouldWait = watcher.news() == News.IN_HISTORY || !talk.isReady() || !sending.tryLock();
            if (wouldWait) {
                start(this::catchUp);
                return;
            }
            try {
                isTaken.set(false);
                if (isRunning()) {
                    sendNews(events);
                }
            } catch (StoreException broken) {
                start(() -> leave(broken));
            } catch (InterruptedException | GrpcException left) {
                forget();
            } finally {
                sending.unlock();
            }
            if (isRunning() && watcher.news() != News.NONE) {
                queue();
            }
        }

        private void start(Runnable work) {
            thread = Thread.ofVirtual().name("etcd-watch-" + id).start(work);
        }

        private void attend() {
            watched(() -> {
                while (isRunning()) {
                    var batch = watcher.next(patience());
                    if (batch.isPresent()) {
                        tell(batch.get(), new LastEvent());
                        reach(batch.get().revision());
                    }
                    if (request.getProgressNotify() && System.nanoTime() - lastSaid >= silence.toNanos()) {
                        sayProgress();
                    }
                }
            });
        }

        private void catchUp() {
            watched(() -> {
                do {
                    while (isRunning() && watcher.news() != News.NONE) {
                        sendNews(new LastEvent());
                    }
                    isTaken.set(false);
                } while (isRunning() && watcher.news() != News.NONE && isTaken.compareAndSet(false, true));
            });
        }

        private void watched(Work work) {
            try {
                work.run();
            } catch (StoreException broken) {
                leave(broken);
            } catch (InterruptedException ended) {
                forget();
                Thread.currentThread().interrupt();
            } catch (GrpcException left) {
                // The client has gone: its stream ends by itself, and with it this watch.
                forget();
            }
        }

        private boolean isRunning() {
            return running.get(id) == this;
        }

        private void sendNews(LastEvent events) throws InterruptedException {
            var batch = watcher.next(Duration.ZERO);
            if (batch.isPresent()) {
                tell(batch.get(), events);
                reach(batch.get().revision());
            }
        }

        private Duration patience() {
            return request.getProgressNotify() && silence.compareTo(PATIENCE) < 0 ? silence : PATIENCE;
        }

        private void reach(long revision) {
            reached = revision;
            if (isAskedForProgress) {
                progress.lock();
                try {
                    progressed.signalAll();
                } finally {
                    progress.unlock();
                }
            }
        }

        void end() {
            watcher.close();
            Thread started = thread;
            if (started != null) {
                started.interrupt();
            }
        }

        private void forget() {
            running.remove(id, this);
            watcher.close();
        }

        private void leave(StoreException broken) {
            watcher.close();
            if (running.remove(id, this)) {
                farewell(broken);
            }
        }

        private void farewell(StoreException broken) {
            try {
                send(ended(id, broken));
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            } catch (GrpcException left) {
                // Client and store ended at once.
                running.remove(id, this);
            }
        }

        private void tell(Watcher.Batch batch, LastEvent events) throws InterruptedException {
            var part = new ArrayList<Event>();
            int size = 0;
            for (Watcher.Event happened : batch.events()) {
                if (!isWanted(happened)) {
                    continue;
                }
                Event event = events.of(happened);
                boolean isFull = request.getFragment() && size + event.getSerializedSize() > LARGEST;
                if (isFull && !part.isEmpty()) {
                    say(part, true);
                    part.clear();
                    size = 0;
                }
                part.add(event);
                size += event.getSerializedSize();
            }
            if (!part.isEmpty()) {
                say(part, false);
            }
        }

        private void say(List<Event> events, boolean isFragment) throws InterruptedException {
            lastSaid = System.nanoTime();
            send(answer(id).addAllEvents(events).setFragment(isFragment).build());
        }

        /// How far this watch is, which is not how far the store is: what was committed just now is not sent yet, and
        /// who goes on elsewhere after that revision would never hear of it.
        private void sayProgress() throws InterruptedException {
            lastSaid = System.nanoTime();
            long told = Math.min(reached, store.revision());
            send(WatchResponse.newBuilder()
                    .setHeader(member.header(told))
                    .setWatchId(id)
                    .build());
        }

        private boolean isWanted(Watcher.Event event) {
            FilterType unwanted = event instanceof Watcher.Event.Put ? FilterType.NOPUT : FilterType.NODELETE;
            return !request.getFiltersList().contains(unwanted);
        }
    }

    private interface Work {
        void run() throws InterruptedException;
    }
}
