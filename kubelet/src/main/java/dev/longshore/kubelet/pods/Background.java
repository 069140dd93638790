package dev.longshore.kubelet.pods;

import java.util.Optional;

/// Work that would hold up a worker, on a thread of its own; the worker is woken when it is done.
final class Background {

    private final Thread thread;
    private volatile Optional<String> failure = Optional.empty();
    private volatile boolean done;

    private Background(String name, Work work, Runnable whenDone) {
        this.thread = Thread.ofVirtual().name(name).start(() -> {
            try {
                failure = work.run();
            } catch (InterruptedException cancelled) {
                Thread.currentThread().interrupt();
                failure = Optional.of("cancelled");
            } catch (RuntimeException broken) {
                failure = Optional.of(String.valueOf(broken.getMessage()));
            } finally {
                done = true;
                whenDone.run();
            }
        });
    }

    static Background start(String name, Work work, Runnable whenDone) {
        return new Background(name, work, whenDone);
    }

    boolean isDone() {
        return done;
    }

    /// What went wrong, once done.
    Optional<String> failure() {
        return failure;
    }

    void cancel() {
        thread.interrupt();
    }

    void join() throws InterruptedException {
        thread.join();
    }

    /// What is to be done; returns what went wrong.
    @FunctionalInterface
    interface Work {
        Optional<String> run() throws InterruptedException;
    }
}
