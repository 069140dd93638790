package dev.longshore.images.registry;

import dev.longshore.base.Digest;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Keeps repositories within their quotas. What is being pushed counts when it is whole, so pushes that go on at
/// the same time can together exceed a quota by their blobs.
final class Room {

    private final RegistryStorage storage;
    private final RegistryLimits limits;

    Room(RegistryStorage storage, RegistryLimits limits) {
        this.storage = storage;
        this.limits = limits;
    }

    /// `body`, which ends with a refusal when it is more than fits behind `already` bytes of the same blob.
    InputStream within(Reference repository, long already, InputStream body) throws IOException, InterruptedException {
        long largest = limits.largestBlob() - already;
        long room = left(repository) - already;
        if (largest <= room) {
            return largest == Long.MAX_VALUE - already
                    ? body
                    : new LimitedInput(
                            body,
                            largest,
                            new RefusalException(
                                    ErrorCode.TOO_LARGE, "a blob may have " + limits.largestBlob() + " bytes"));
        }
        return new LimitedInput(body, room, full(repository));
    }

    /// @throws RefusalException when `bytes` more do not fit
    void require(Reference repository, long bytes) throws IOException, InterruptedException {
        if (left(repository) < bytes) {
            throw full(repository);
        }
    }

    private long left(Reference repository) throws IOException, InterruptedException {
        long left = Long.MAX_VALUE;
        Optional<RegistryLimits.Quota> quota = limits.quotaOf(repository.familiarRepository());
        if (quota.isPresent()) {
            left = quota.get().bytes() - sum(storage.holdings(repository));
        }
        if (limits.total() < Long.MAX_VALUE) {
            left = Math.min(left, limits.total() - used(repository));
        }
        return Math.max(0, left);
    }

    private long used(Reference current) throws IOException, InterruptedException {
        Set<Digest> counted = new HashSet<>();
        long used = 0;
        Set<String> names = new HashSet<>(storage.repositories());
        names.add(current.repository()); // It may have blobs only, so far.
        for (String name : names) {
            for (Map.Entry<Digest, Long> held :
                    storage.holdings(Reference.parse(name)).entrySet()) {
                used += counted.add(held.getKey()) ? held.getValue() : 0;
            }
        }
        return used;
    }

    private static long sum(Map<Digest, Long> holdings) {
        return holdings.values().stream().mapToLong(Long::longValue).sum();
    }

    private static RefusalException full(Reference repository) {
        return new RefusalException(
                ErrorCode.DENIED, "quota exceeded for repository " + repository.familiarRepository());
    }
}
