package dev.longshore.images.registry;

import dev.longshore.base.Digest;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Keeps repositories within their quotas. A body is cut off where it cannot fit any more; whether content comes in
/// is decided when it is whole, one at a time, and what was let in counts from then on: so pushes that go on at the
/// same time never exceed a quota together. What a repository has already costs nothing. Thread-safe.
final class Room {

    private static final int PATIENCE_SECONDS = 30;

    private final RegistryStorage storage;
    private final RegistryLimits limits;
    private final ReentrantLock deciding = new ReentrantLock(true);
    private final List<Claim> claims = new CopyOnWriteArrayList<>();

    Room(RegistryStorage storage, RegistryLimits limits) {
        this.storage = storage;
        this.limits = limits;
    }

    /// Room that is taken, until the storage itself knows the content (or has refused it) and this is closed.
    final class Claim implements AutoCloseable {
        private final String repository;
        private final Digest digest;
        private final long size;

        private Claim(String repository, Digest digest, long size) {
            this.repository = repository;
            this.digest = digest;
            this.size = size;
        }

        @Override
        public void close() {
            claims.remove(this);
        }
    }

    /// `body`, which ends with a refusal when it is more than fits behind `already` bytes of the same blob.
    ///
    /// @param digest what it is going to be, if that is known
    InputStream within(Reference repository, long already, Optional<Digest> digest, InputStream body)
            throws IOException, InterruptedException {
        long largest = limits.largestBlob() - already;
        long room = left(repository, digest) - already;
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

    /// Takes room for content of `size` bytes, which the caller then stores.
    ///
    /// @throws RefusalException when it does not fit
    Claim claim(Reference repository, Digest digest, long size) throws IOException, InterruptedException {
        var claim = new Claim(repository.repository(), digest, size);
        if (isUnlimited(repository)) {
            return claim;
        }
        // One decision at a time, though it may have to ask the storage: that is what makes the sum exact.
        if (!deciding.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new RefusalException(ErrorCode.UNAVAILABLE, "too many pushes wait for their turn");
        }
        try {
            if (left(repository, Optional.of(digest)) < size) {
                throw full(repository);
            }
            claims.add(claim);
            return claim;
        } finally {
            deciding.unlock();
        }
    }

    private boolean isUnlimited(Reference repository) {
        return limits.total() == Long.MAX_VALUE
                && limits.quotaOf(repository.familiarRepository()).isEmpty();
    }

    /// How much more `repository` may hold; what it has of `free` already is not counted.
    private long left(Reference repository, Optional<Digest> free) throws IOException, InterruptedException {
        long left = Long.MAX_VALUE;
        Optional<RegistryLimits.Quota> quota = limits.quotaOf(repository.familiarRepository());
        if (quota.isPresent()) {
            left = quota.get().bytes() - sum(holdings(repository.repository()), free);
        }
        if (limits.total() < Long.MAX_VALUE) {
            left = Math.min(left, limits.total() - sum(everything(repository), free));
        }
        return Math.max(0, left);
    }

    /// Claims first: one that ends meanwhile is in the storage by then.
    private Map<Digest, Long> holdings(String repository) throws IOException, InterruptedException {
        var all = new HashMap<Digest, Long>();
        for (Claim claim : claims) {
            if (claim.repository.equals(repository)) {
                all.put(claim.digest, claim.size);
            }
        }
        all.putAll(storage.holdings(Reference.parse(repository)));
        return all;
    }

    private Map<Digest, Long> everything(Reference current) throws IOException, InterruptedException {
        Set<String> names = new HashSet<>();
        names.add(current.repository()); // It may have blobs only, so far.
        claims.forEach(claim -> names.add(claim.repository));
        names.addAll(storage.repositories());
        var all = new HashMap<Digest, Long>();
        for (String name : names) {
            all.putAll(holdings(name));
        }
        return all;
    }

    private static long sum(Map<Digest, Long> holdings, Optional<Digest> free) {
        long sum = 0;
        for (Map.Entry<Digest, Long> held : holdings.entrySet()) {
            sum += free.equals(Optional.of(held.getKey())) ? 0 : held.getValue();
        }
        return sum;
    }

    private static RefusalException full(Reference repository) {
        return new RefusalException(
                ErrorCode.DENIED, "quota exceeded for repository " + repository.familiarRepository());
    }
}
