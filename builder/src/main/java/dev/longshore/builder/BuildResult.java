package dev.longshore.builder;

import dev.longshore.base.Digest;
import dev.longshore.builder.cache.UsedStep;
import dev.longshore.images.Leases;
import java.util.List;

/// What a build came to, while all that it is made of is kept: for as long as its [Delivery] works.
public final class BuildResult {

    private final List<PlatformResult> platforms;
    private final Digest target;
    private final boolean isMultiple;
    private final Leases.Lease lease;
    private final List<UsedStep> steps;

    BuildResult(
            List<PlatformResult> platforms,
            Digest target,
            boolean isMultiple,
            Leases.Lease lease,
            List<UsedStep> steps) {
        this.platforms = List.copyOf(platforms);
        this.target = target;
        this.isMultiple = isMultiple;
        this.lease = lease;
        this.steps = List.copyOf(steps);
    }

    /// For each platform, in the order in which they were asked for; at least one.
    public List<PlatformResult> platforms() {
        return platforms;
    }

    /// True if it has the form of one for several platforms: an index, a directory for each.
    public boolean isMultiple() {
        return isMultiple;
    }

    /// Its manifest, or an index of its images and their attestations, which is in the content store and has no name
    /// yet.
    public Digest target() {
        return target;
    }

    /// Keeps content that is added to the result.
    public Leases.Lease lease() {
        return lease;
    }

    /// Every step that was done or taken from the cache, with what it came to.
    public List<UsedStep> steps() {
        return steps;
    }

    /// Those of them that lead from base images to the results: without those of stages that only files were copied
    /// from.
    public List<UsedStep> resultSteps() {
        return platforms.stream()
                .flatMap(each -> each.steps().stream())
                .distinct()
                .toList();
    }
}
