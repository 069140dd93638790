package dev.longshore.runtime.cri.server;

import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcService;
import io.grpc.Status;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// Serialises the calls about one sandbox, as the runtime wants it, and keeps two callers from making the same thing
/// at once. Thread-safe.
final class InTurn {

    private final Map<String, ReentrantLock> sandboxes = new ConcurrentHashMap<>();
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    /// Runs `work` when no other work on sandbox `id` is under way.
    <R> R with(String id, GrpcService.Answer<String, R> work) throws InterruptedException {
        ReentrantLock lock = sandboxes.computeIfAbsent(id, absent -> new ReentrantLock());
        lock.lockInterruptibly();
        try {
            return work.answer(id);
        } finally {
            lock.unlock();
        }
    }

    /// Sandbox `id` is gone.
    void forget(String id) {
        sandboxes.remove(id);
    }

    /// Makes what is called `name`, unless somebody is just doing that.
    <R> R making(String name, GrpcService.Answer<String, R> work) throws InterruptedException {
        if (!names.add(name)) {
            throw new GrpcException(Status.Code.UNKNOWN, "name \"%s\" is reserved by a call under way".formatted(name));
        }
        try {
            return work.answer(name);
        } finally {
            names.remove(name);
        }
    }
}
