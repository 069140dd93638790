package dev.longshore.builder.stage;

import dev.longshore.base.Time;
import dev.longshore.builder.cache.BuildCache;
import dev.longshore.builder.cache.SharedSteps;
import dev.longshore.builder.remote.Downloads;
import dev.longshore.builder.remote.Repositories;
import dev.longshore.images.LocalImages;
import dev.longshore.runtime.OneShot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

/// What builds need of this machine, and share.
///
/// @param steps what several builds do at once
/// @param deviceDirectories where this machine's devices are described
/// @param turns so many steps run at once
/// @param sums of content that does not change
/// @param files what files hold
/// @param downloads files from elsewhere
/// @param repositories from elsewhere
/// @param emulation which foreign programs run here
public record Tools(
        LocalImages images,
        OneShot oneShot,
        BuildCache cache,
        SharedSteps steps,
        ContentSums sums,
        FileSums files,
        Downloads downloads,
        Repositories repositories,
        BaseSource bases,
        Emulation emulation,
        List<Path> deviceDirectories,
        Semaphore turns,
        Time time) {

    private static final Duration GIT_LIMIT = Duration.ofMinutes(10);
    private static final Path BINFMT = Path.of("/proc/sys/fs/binfmt_misc");

    public Tools {
        deviceDirectories = List.copyOf(deviceDirectories);
    }

    /// Of this host, with as many steps at once as it has processors.
    public static Tools of(
            LocalImages images,
            OneShot oneShot,
            BuildCache cache,
            BaseSource bases,
            List<Path> deviceDirectories,
            Time time) {
        int processors = Math.max(2, Runtime.getRuntime().availableProcessors());
        return new Tools(
                images,
                oneShot,
                cache,
                new SharedSteps(),
                new ContentSums(),
                new FileSums(images.layers()::attributes, time),
                new Downloads(Downloads.Limits.USUAL, time),
                new Repositories(GIT_LIMIT),
                bases,
                new Emulation(BINFMT, images.images().platform(), new ProgramTrial(places(images))),
                deviceDirectories,
                new Semaphore(processors, true),
                time);
    }

    private static ProgramTrial.Places places(LocalImages images) {
        return new ProgramTrial.Places() {
            @Override
            public Path open() throws IOException {
                return images.layers().stage("probe");
            }

            @Override
            public void close(Path directory) throws IOException {
                images.layers().discard(directory);
            }
        };
    }

    /// The same with base images from `source`.
    public Tools with(BaseSource source) {
        return new Tools(
                images,
                oneShot,
                cache,
                steps,
                sums,
                files,
                downloads,
                repositories,
                source,
                emulation,
                deviceDirectories,
                turns,
                time);
    }
}
