package dev.longshore.images.distribution;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Does several things at once, so many at most. The first failure ends the others.
final class Parallel {

    private Parallel() {}

    /// One of the things.
    @FunctionalInterface
    interface Task {
        void run() throws IOException, InterruptedException;
    }

    /// Returns when all are done.
    ///
    /// @throws IOException or whatever else the first that failed threw
    static void run(List<Task> tasks, int most) throws IOException, InterruptedException {
        if (tasks.size() == 1) {
            tasks.getFirst().run();
            return;
        }
        var threads = Thread.ofVirtual().name("transfer-", 0).factory();
        try (ExecutorService workers = Executors.newFixedThreadPool(most, threads)) {
            var results = new ExecutorCompletionService<Void>(workers);
            var all = new ArrayList<Future<Void>>();
            for (Task task : tasks) {
                all.add(results.submit(() -> {
                    task.run();
                    return null;
                }));
            }
            try {
                for (int left = tasks.size(); left > 0; left--) {
                    results.take().get();
                }
            } catch (ExecutionException failed) {
                throw rethrown(failed.getCause());
            } finally {
                all.forEach(future -> future.cancel(true));
            }
        }
    }

    private static IOException rethrown(Throwable cause) throws InterruptedException {
        return switch (cause) {
            case IOException failed -> failed;
            case RuntimeException failed -> throw failed;
            case InterruptedException interrupted -> throw interrupted;
            case Error broken -> throw broken;
            default -> new IOException(cause);
        };
    }
}
