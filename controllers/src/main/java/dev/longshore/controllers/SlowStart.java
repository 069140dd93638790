package dev.longshore.controllers;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/// Many writes of one kind: 1, 2, 4 and so on at once, as long as none is refused.
final class SlowStart {

    private static final int LARGEST_BATCH = 500;

    /// What came of it.
    ///
    /// @param tried how many were
    /// @param succeeded how many of them
    /// @param failure why the server refused one
    record Result(int tried, int succeeded, Optional<KubernetesClientException> failure) {

        private static final Result NOTHING = new Result(0, 0, Optional.empty());

        private static Result of(Optional<KubernetesClientException> failure) {
            return new Result(1, failure.isEmpty() ? 1 : 0, failure);
        }

        private Result with(Result other) {
            return new Result(tried + other.tried, succeeded + other.succeeded, failure.or(() -> other.failure));
        }
    }

    private SlowStart() {}

    static <T> Result inBatches(List<T> items, Function<T, Optional<KubernetesClientException>> write) {
        Result result = Result.NOTHING;
        for (int batch = 1;
                result.tried < items.size() && result.failure.isEmpty();
                batch = Math.min(2 * batch, LARGEST_BATCH)) {
            int end = Math.min(items.size(), result.tried + batch);
            result = result.with(atOnce(items.subList(result.tried, end), write));
        }
        return result;
    }

    /// All of them, whatever comes of each.
    static <T> Result atOnce(List<T> items, Function<T, Optional<KubernetesClientException>> write) {
        if (items.isEmpty()) {
            return Result.NOTHING;
        }
        if (items.size() == 1) {
            return Result.of(write.apply(items.getFirst()));
        }
        var tasks = new ArrayList<Callable<Optional<KubernetesClientException>>>();
        items.forEach(item -> tasks.add(() -> write.apply(item)));
        try (var workers = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("writes-", 0).factory())) {
            Result result = Result.NOTHING;
            for (Future<Optional<KubernetesClientException>> done : workers.invokeAll(tasks)) {
                result = result.with(Result.of(done.get()));
            }
            return result;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while writing", interrupted);
        } catch (ExecutionException broken) {
            throw new IllegalStateException("cannot write", broken.getCause());
        }
    }
}
