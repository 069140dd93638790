package dev.longshore.store;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/// Runs native calls on platform threads: on the caller's when it is one, else on one of a few. A virtual
/// thread blocked in native code would hold its carrier, and two of them all carriers of a small machine.
final class PlatformPool implements AutoCloseable {

    private final ExecutorService threads;

    PlatformPool(String name, int size) {
        this.threads = Executors.newFixedThreadPool(
                size, Thread.ofPlatform().daemon().name(name, 0).factory());
    }

    <T> T call(Supplier<T> work) {
        return Thread.currentThread().isVirtual() ? await(submit(work)) : work.get();
    }

    private <T> Future<T> submit(Supplier<T> work) {
        try {
            return threads.submit(work::get);
        } catch (RejectedExecutionException e) {
            throw new StoreException(new StoreFault.Closed(), e);
        }
    }

    /// Waits whatever comes: the work is not interruptible, and whoever gave up would not know what it did.
    private static <T> T await(Future<T> answer) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
