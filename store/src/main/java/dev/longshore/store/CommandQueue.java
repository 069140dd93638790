package dev.longshore.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What waits for the committer, bounded: when it is full, callers wait, which is how a slow disk slows writers
/// down. A command that was accepted is always answered: by the committer, or with `Closed`.
final class CommandQueue {

    private static final int CAPACITY = 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final Condition notFull = lock.newCondition();
    private final java.util.ArrayDeque<Command> waiting = new java.util.ArrayDeque<>();
    private boolean closed;

    /// Hands `command` over and waits for its answer, which is never interrupted: the outcome must be known.
    <T> T ask(Command command, CompletableFuture<T> answer) {
        lock.lock();
        try {
            while (!closed && waiting.size() >= CAPACITY) {
                notFull.awaitUninterruptibly();
            }
            if (closed) {
                throw new StoreException(new StoreFault.Closed());
            }
            waiting.add(command);
            notEmpty.signal();
        } finally {
            lock.unlock();
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException cause) {
                throw new StoreException(cause.fault(), cause);
            }
            throw e;
        }
    }

    /// The next command; empty once the queue is closed.
    Optional<Command> take() {
        lock.lock();
        try {
            while (!closed && waiting.isEmpty()) {
                notEmpty.awaitUninterruptibly();
            }
            notFull.signal();
            return closed ? Optional.empty() : Optional.of(waiting.remove());
        } finally {
            lock.unlock();
        }
    }

    /// The transactions at the head of the queue, at most `limit`.
    List<Command.Commit> takeCommits(int limit) {
        var commits = new ArrayList<Command.Commit>();
        lock.lock();
        try {
            while (commits.size() < limit && waiting.peek() instanceof Command.Commit commit) {
                commits.add(commit);
                waiting.remove();
            }
            notFull.signalAll();
            return commits;
        } finally {
            lock.unlock();
        }
    }

    /// Refuses whatever waits and whatever comes.
    void close() {
        var refused = new ArrayList<Command>();
        lock.lock();
        try {
            closed = true;
            refused.addAll(waiting);
            waiting.clear();
            notEmpty.signalAll();
            notFull.signalAll();
        } finally {
            lock.unlock();
        }
        refused.forEach(command -> command.fail(new StoreException(new StoreFault.Closed())));
    }
}
