package dev.longshore.builder.mounts;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.Mount;
import dev.longshore.builder.stage.Build;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// The mounts of one RUN line.
public final class RunMounts {

    private final Build build;
    private final List<RunMount> mounts;

    private RunMounts(Build build, List<RunMount> mounts) {
        this.build = build;
        this.mounts = List.copyOf(mounts);
    }

    /// Resolves `wanted`: finds the stages and images that files come from, and the files' sums.
    public static RunMounts of(Line line, Build build, List<Mount> wanted) throws IOException, InterruptedException {
        var place = new MountPlace(line, build);
        var mounts = new ArrayList<RunMount>();
        for (Mount mount : wanted) {
            mounts.add(
                    switch (mount) {
                        case Mount.Bind bind -> BindMount.of(place, bind);
                        case Mount.Cache cache -> CacheMount.of(place, cache);
                        case Mount.Tmpfs memory -> new MemoryMount(place.target(memory.target()), memory.size());
                        case Mount.Secret secret -> SecretMount.of(place, secret);
                        case Mount.Ssh ssh -> SshMount.of(place, ssh);
                    });
        }
        return new RunMounts(build, mounts);
    }

    /// These, and a script to run.
    ///
    /// @param name of the file, which has no directory
    public RunMounts withScript(String name, String content) {
        var more = new ArrayList<>(mounts);
        more.add(new ScriptMount(name, content));
        return new RunMounts(build, more);
    }

    /// For the step's key.
    public String meaning() {
        return mounts.stream().map(RunMount::meaning).collect(Collectors.joining("\n"));
    }

    /// Opens all of them for one command. Waits for caches that others have locked.
    ///
    /// @throws dev.longshore.builder.dockerfile.DockerfileException when something is not there
    public OpenMounts open() throws IOException, InterruptedException {
        var opened = new OpenMounts(build);
        boolean isDone = false;
        try {
            for (RunMount mount : inOrder()) {
                mount.open(opened);
            }
            isDone = true;
            return opened;
        } finally {
            if (!isDone) {
                opened.close();
            }
        }
    }

    /// Caches by their names, so that two commands that want the same two never wait for each other; the others
    /// as they are written.
    private List<RunMount> inOrder() {
        var order = new ArrayList<>(mounts);
        order.sort(Comparator.comparing(mount -> mount instanceof CacheMount cache ? "1" + cache.id() : "0"));
        return order;
    }
}
