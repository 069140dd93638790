package dev.longshore.builder.mounts;

import dev.longshore.builder.cache.MountWish;
import dev.longshore.builder.cache.Sharing;
import dev.longshore.builder.flags.Mount;
import dev.longshore.runtime.StepMount;
import java.io.IOException;
import java.util.Optional;

/// `type=cache`: a directory that outlives the build. What is in it does not count for the step's key.
///
/// @param id unique among all builds
/// @param seed what it is filled with when it is new
record CacheMount(
        String target, String id, Sharing sharing, Optional<MountPlace.Source> seed, boolean isReadOnly, Look look)
        implements RunMount {

    private static final String NAMESPACE = "BUILDKIT_CACHE_MOUNT_NS";
    private static final int MODE = 0755;

    /// Of a new directory.
    record Look(int uid, int gid, int mode) {
        static Look of(Mount.Ownership owner, int usualMode) {
            return new Look(
                    Math.toIntExact(owner.uid().orElse(0L)),
                    Math.toIntExact(owner.gid().orElse(0L)),
                    owner.mode().orElse(usualMode));
        }
    }

    static CacheMount of(MountPlace place, Mount.Cache cache) throws IOException, InterruptedException {
        String namespace = place.build().wishes().arguments().getOrDefault(NAMESPACE, "");
        Optional<MountPlace.Source> seed =
                cache.from().isPresent() ? Optional.of(place.source(cache.from(), cache.source())) : Optional.empty();
        return new CacheMount(
                place.target(cache.target()),
                namespace + "/" + cache.id(),
                switch (cache.sharing()) {
                    case SHARED -> Sharing.SHARED;
                    case PRIVATE -> Sharing.PRIVATE;
                    case LOCKED -> Sharing.LOCKED;
                },
                seed,
                cache.isReadOnly(),
                Look.of(cache.owner(), MODE));
    }

    @Override
    public String meaning() {
        return "cache " + target + " " + id + (isReadOnly ? " ro " : " rw ")
                + seed.map(MountPlace.Source::sum).orElse("");
    }

    @Override
    public void open(OpenMounts opened) throws IOException, InterruptedException {
        MountWish.Seed filling = directory -> {
            if (seed.isPresent()) {
                TreeCopy.copy(seed.get(), directory, opened.build().tools().images());
            }
        };
        var wish = new MountWish(
                id, seed.map(MountPlace.Source::sum).orElse(""), sharing, look.uid(), look.gid(), look.mode(), filling);
        opened.add(new StepMount.Bind(opened.cache(wish), target, isReadOnly));
    }
}
