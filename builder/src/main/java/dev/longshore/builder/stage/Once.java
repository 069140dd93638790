package dev.longshore.builder.stage;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/// Things that several stages of one build want, each of which is obtained once. Thread-safe.
final class Once<T> {

    private final Map<String, CompletableFuture<T>> known = new ConcurrentHashMap<>();

    /// Obtains what nobody has asked for yet.
    @FunctionalInterface
    interface Obtaining<T> {
        T obtain() throws IOException, InterruptedException;
    }

    /// What `key` is; the first to ask obtains it, on its own thread, and others wait. A failure is everybody's.
    T get(String key, Obtaining<T> obtaining) throws IOException, InterruptedException {
        var mine = new CompletableFuture<T>();
        CompletableFuture<T> theirs = known.putIfAbsent(key, mine);
        if (theirs != null) {
            try {
                return theirs.get();
            } catch (ExecutionException failed) {
                throw StageFailure.rethrow(failed.getCause());
            }
        }
        try {
            T found = obtaining.obtain();
            mine.complete(found);
            return found;
        } catch (IOException | InterruptedException | RuntimeException failed) {
            mine.completeExceptionally(failed);
            throw failed;
        }
    }
}
