package dev.longshore.store;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that writes. It takes the transactions that wait, applies them in order to a [Draft], writes
/// the draft in one synced batch, and only then shows it: committed revision, leases, watchers, callers.
///
/// When the batch fails the draft is taken back, its writers are told, and the backend must recover before the
/// next batch: recovery throws away what the failed batch may have left behind, so a refused write never shows
/// up later.
final class Committer implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
    private static final int GROUP_LIMIT = 256;
    private static final Duration RECOVERY_PAUSE = Duration.ofSeconds(1);

    private final Parts parts;
    private final CommandQueue queue;
    private final RecentValues recent;
    private final Time time;
    private Optional<StoreFault> broken = Optional.empty();
    private long brokenSince;

    Committer(Parts parts, CommandQueue queue, RecentValues recent, Time time) {
        this.parts = parts;
        this.queue = queue;
        this.recent = recent;
        this.time = time;
    }

    @Override
    public void run() {
        try {
            for (var next = queue.take(); next.isPresent(); next = queue.take()) {
                switch (next.get()) {
                    case Command.Exclusive<?> exclusive -> exclusive.run();
                    case Command.Commit first -> {
                        var group = new ArrayList<Command.Commit>();
                        group.add(first);
                        group.addAll(queue.takeCommits(GROUP_LIMIT - 1));
                        commitOrDie(group);
                    }
                }
            }
        } finally {
            queue.close();
        }
    }

    /// Deletes `keys` in one revision, together with `extra`. On this thread only, as is the next.
    void delete(Iterable<Key> keys, Backend.Writes extra) {
        Draft draft = draft();
        draft.delete(keys);
        persist(draft, extra);
        show(draft);
    }

    /// Sets the alarm of the quota, for good.
    void alarm(boolean isRaised) {
        parts.space().alarm(isRaised);
        writeAlarm();
    }

    private void writeAlarm() {
        Backend.Writes news = parts.space().news();
        if (!news.isEmpty()) {
            write(news);
            parts.space().noted();
        }
    }

    /// An alarm that cannot be written yet is written with what comes next.
    private void noteAlarm() {
        try {
            writeAlarm();
        } catch (StoreException e) {
            LOG.debug("the alarm is not written yet", e);
        }
    }

    /// Writes records that belong to no revision.
    void write(Backend.Writes writes) {
        ensureWritable();
        try {
            parts.backend().write(writes, true);
            parts.space().wrote(writes);
        } catch (StoreException e) {
            fail(e);
            throw e;
        }
    }

    /// A bug ends this thread, and the queue with it: better no store than one that guesses.
    private void commitOrDie(List<Command.Commit> group) {
        try {
            commit(group);
        } catch (RuntimeException | Error e) {
            group.forEach(command -> command.done().completeExceptionally(e));
            throw e;
        }
    }

    private void commit(List<Command.Commit> group) {
        Draft draft = draft();
        var answers = new ArrayList<Answer>();
        for (Command.Commit command : group) {
            apply(draft, command, true).ifPresent(answers::add);
        }
        if (!draft.isEmpty()) {
            try {
                persist(draft, new Backend.Writes());
            } catch (StoreException e) {
                refuse(answers, e);
                return;
            }
            show(draft);
        } else {
            noteAlarm();
        }
        answers.forEach(answer -> answer.command.done().complete(answer.result));
    }

    private Optional<Answer> apply(Draft draft, Command.Commit command, boolean needsRoom) {
        try {
            if (needsRoom) {
                parts.space().requireRoom(command.txn());
            }
            long before = draft.revision();
            TxnResult result = draft.apply(command.txn());
            return Optional.of(new Answer(command, result, draft.revision() > before));
        } catch (StoreException e) {
            command.fail(e);
        } catch (RuntimeException | OutOfMemoryError e) {
            command.done().completeExceptionally(e);
        }
        return Optional.empty();
    }

    /// Tells the writers of a failed group; those who only read are answered from what is committed.
    private void refuse(List<Answer> answers, StoreException why) {
        for (Answer answer : answers) {
            if (answer.wrote) {
                answer.command.fail(why);
                continue;
            }
            Draft again = draft();
            apply(again, answer.command, false).ifPresent(second -> {
                if (second.wrote) {
                    again.undo();
                    second.command.fail(why);
                } else {
                    second.command.done().complete(second.result);
                }
            });
        }
    }

    private Draft draft() {
        return new Draft(
                parts.index(), parts.reader(), parts.leases(), parts.revisions().committed());
    }

    private void persist(Draft draft, Backend.Writes extra) {
        try {
            Backend.Writes writes = draft.writes();
            extra.list().forEach(writes::add);
            parts.space().news().list().forEach(writes::add);
            write(writes);
            parts.space().noted();
        } catch (RuntimeException e) {
            draft.undo();
            throw e;
        }
    }

    private void show(Draft draft) {
        if (draft.isEmpty()) {
            return;
        }
        for (Change change : draft.changes()) {
            parts.leases().follow(change);
            recent.add(change.version());
        }
        parts.backend().note(draft.revision());
        parts.counts().follow(draft.changes(), draft.revision());
        parts.revisions().commit(draft.revision());
        parts.watchers().publish(draft.changes(), draft.revision());
    }

    private void fail(StoreException e) {
        broken = Optional.of(e.fault());
        brokenSince = time.nanoTime();
        LOG.warn("the store stopped writing: {}", e.getMessage());
    }

    private void ensureWritable() {
        if (broken.isEmpty()) {
            return;
        }
        if (time.nanoTime() - brokenSince < RECOVERY_PAUSE.toNanos()) {
            throw new StoreException(broken.get());
        }
        try {
            parts.backend().recover();
            Loader.discardAfter(parts.backend(), parts.revisions().committed());
            broken = Optional.empty();
            LOG.info("the store writes again");
        } catch (StoreException e) {
            fail(e);
            throw e;
        }
    }

    private record Answer(Command.Commit command, TxnResult result, boolean wrote) {}
}
