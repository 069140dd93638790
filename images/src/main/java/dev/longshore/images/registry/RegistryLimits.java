package dev.longshore.images.registry;

import dev.longshore.images.registry.access.RepositoryPattern;
import java.util.List;
import java.util.Optional;

/// How much a registry takes.
///
/// @param isReadOnly whether nothing may be changed at all
/// @param largestBlob bytes
/// @param total bytes of all repositories together
/// @param quotas of single repositories; the first whose pattern fits counts
public record RegistryLimits(boolean isReadOnly, long largestBlob, long total, List<Quota> quotas) {

    /// As much as the disk holds.
    public static final RegistryLimits NONE = new RegistryLimits(false, Long.MAX_VALUE, Long.MAX_VALUE, List.of());

    public RegistryLimits {
        if (largestBlob < 0 || total < 0) {
            throw new IllegalArgumentException("a limit is not negative");
        }
        quotas = List.copyOf(quotas);
    }

    /// Repositories that `pattern` fits may hold `bytes` each.
    public record Quota(RepositoryPattern pattern, long bytes) {
        public Quota {
            if (bytes < 0) {
                throw new IllegalArgumentException("a quota is not negative");
            }
        }
    }

    Optional<Quota> quotaOf(String repository) {
        return quotas.stream().filter(quota -> quota.pattern().fits(repository)).findFirst();
    }
}
