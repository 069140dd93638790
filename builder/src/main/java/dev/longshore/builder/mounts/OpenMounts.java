package dev.longshore.builder.mounts;

import dev.longshore.builder.cache.CacheMounts;
import dev.longshore.builder.cache.MountWish;
import dev.longshore.builder.stage.Build;
import dev.longshore.runtime.StepMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a running command sees, until it is closed. For one thread.
public final class OpenMounts implements AutoCloseable {

    private final Build build;
    private final List<StepMount> mounts = new ArrayList<>();
    private final Map<String, String> variables = new LinkedHashMap<>();
    private final Map<String, CacheMounts.Borrowed> caches = new HashMap<>();
    private final Deque<Undo> undos = new ArrayDeque<>();

    OpenMounts(Build build) {
        this.build = build;
    }

    private interface Undo {
        void undo() throws IOException;
    }

    /// For the runtime.
    public List<StepMount> mounts() {
        return List.copyOf(mounts);
    }

    /// Variables that go with them; some are secret.
    public Map<String, String> variables() {
        return Map.copyOf(variables);
    }

    Build build() {
        return build;
    }

    void add(StepMount mount) {
        mounts.add(mount);
    }

    void variable(String name, String value) {
        variables.put(name, value);
    }

    /// The number of the next mount of a kind that counts its mounts.
    int count(String kind) {
        return (int)
                mounts.stream().filter(mount -> mount.target().startsWith(kind)).count();
    }

    /// A directory that goes with these mounts.
    Path scratch() throws IOException {
        Path staged = build.tools().images().layers().stage("mount");
        undos.push(() -> build.tools().images().layers().discard(staged));
        return staged;
    }

    /// The cache directory that `wish` asks for; the same one when it is asked for twice.
    Path cache(MountWish wish) throws IOException, InterruptedException {
        String key = wish.id() + "\n" + wish.origin();
        CacheMounts.Borrowed borrowed = caches.get(key);
        if (borrowed == null) {
            borrowed = build.tools().cache().mounts().borrow(wish);
            caches.put(key, borrowed);
            undos.push(borrowed::close);
        }
        return borrowed.directory();
    }

    /// The socket that leads to an agent, belonging to whom it says.
    Path socket(SshForward forward) throws IOException {
        undos.push(forward::close);
        return forward.open(Files.createTempDirectory("longshore-ssh"));
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!undos.isEmpty()) {
            try {
                undos.pop().undo();
            } catch (IOException failed) {
                failure = failure == null ? failed : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
