package dev.longshore.kubelet.manifests;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.PodApi;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// The pods of a node, those that the cluster binds to it and those of a directory of its own. Static pods run
/// whether or not the cluster answers; there they are shown by mirrors, which this keeps: whoever deletes one
/// gets a new one. A changed file ends the old pod before the new one begins. Thread-safe.
public final class StaticPods implements PodApi {

    private static final Logger log = LoggerFactory.getLogger(StaticPods.class);
    private static final long USUAL_GRACE = 30;

    private final PodApi cluster;
    private final ManifestDirectory directory;
    private final Time time;
    private final Mirrors mirrors;
    // Guarded by this: by full name, what runs and what is to run.
    private final Map<String, Declared> declared = new HashMap<>();

    /// @param cluster those that the API server has
    /// @param mirrors shows static pods there
    StaticPods(PodApi cluster, ManifestDirectory directory, Mirrors mirrors, Time time) {
        this.cluster = cluster;
        this.directory = directory;
        this.mirrors = mirrors;
        this.time = time;
    }

    /// The pods of `nodeName`: `cluster`'s, and those of the files in `directory`.
    ///
    /// @param owner the Node, once it is registered
    public static StaticPods of(PodApi cluster, Path directory, String nodeName, Mirrors.Owner owner, Time time) {
        return new StaticPods(
                cluster,
                new ManifestDirectory(directory, nodeName, time),
                new Mirrors(cluster, nodeName, owner, time),
                time);
    }

    /// True for a pod that comes from a file of its node.
    public static boolean isStatic(Pod pod) {
        return StaticMarks.isStatic(pod);
    }

    @Override
    public AutoCloseable watch(Listener listener) {
        try {
            heard(directory.pods(), listener);
        } catch (IOException failure) {
            log.warn("static pods could not be read: {}", failure.getMessage());
        }
        Thread follower = Thread.ofVirtual().name("kubelet-static-pods").start(() -> follow(listener));
        mirrors.start();
        AutoCloseable others = cluster.watch(new ClusterPods(listener));
        return () -> {
            follower.interrupt();
            mirrors.close();
            others.close();
        };
    }

    private void follow(Listener listener) {
        try {
            directory.follow(pods -> heard(pods, listener));
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// The files say `pods` now.
    private synchronized void heard(Map<String, Pod> pods, Listener listener) {
        pods.forEach((name, pod) -> {
            Declared known = declared.get(name);
            if (known == null) {
                begin(name, pod, listener);
            } else if (isSame(known.running, pod)) {
                // What was to end goes on only if it has not begun to.
                known.next = known.isEnding ? Optional.of(pod) : Optional.empty();
            } else {
                known.next = Optional.of(pod);
                end(known, listener);
            }
        });
        declared.forEach((name, known) -> {
            if (!pods.containsKey(name)) {
                known.next = Optional.empty();
                end(known, listener);
            }
        });
    }

    private void begin(String name, Pod pod, Listener listener) {
        declared.put(name, new Declared(pod, listener));
        mirrors.show(pod);
        listener.changed(pod);
    }

    private void end(Declared known, Listener listener) {
        if (known.isEnding) {
            return;
        }
        known.isEnding = true;
        Long grace = known.running.getSpec().getTerminationGracePeriodSeconds();
        known.running = new PodBuilder(known.running)
                .editMetadata()
                .withDeletionTimestamp(time.now().toString())
                .withDeletionGracePeriodSeconds(grace == null ? USUAL_GRACE : grace)
                .endMetadata()
                .build();
        listener.changed(known.running);
    }

    private static boolean isSame(Pod one, Pod other) {
        return one.getMetadata().getUid().equals(other.getMetadata().getUid());
    }

    @Override
    public Optional<Pod> get(String namespace, String name) {
        return cluster.get(namespace, name);
    }

    @Override
    public boolean create(Pod pod) {
        return cluster.create(pod);
    }

    @Override
    public boolean patchStatus(Pod pod, ObjectNode status) {
        if (!StaticMarks.isStatic(pod)) {
            return cluster.patchStatus(pod, status);
        }
        mirrors.status(pod, status);
        return true;
    }

    /// Of a static pod nothing is left: its mirror goes, and what the file says now begins.
    @Override
    public void delete(Pod pod) {
        if (!StaticMarks.isStatic(pod)) {
            cluster.delete(pod);
            return;
        }
        String name = ManifestDirectory.fullName(pod);
        synchronized (this) {
            Declared known = declared.remove(name);
            if (known == null) {
                return;
            }
            mirrors.hide(name);
            known.listener.gone(pod);
            // Its worker is still about to leave, and would take one of the same uid with it.
            known.next.ifPresent(next -> time.schedule(Duration.ofMillis(100), () -> beginLater(name, next, known)));
        }
    }

    private synchronized void beginLater(String name, Pod pod, Declared before) {
        if (!declared.containsKey(name)) {
            begin(name, pod, before.listener);
        }
    }

    /// A static pod.
    private static final class Declared {
        private final Listener listener;
        private Pod running;
        private boolean isEnding;
        private Optional<Pod> next = Optional.empty();

        Declared(Pod running, Listener listener) {
            this.running = running;
            this.listener = listener;
        }
    }

    /// Keeps mirrors from those who would run them.
    private final class ClusterPods implements Listener {

        private final Listener listener;

        ClusterPods(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void changed(Pod pod) {
            if (StaticMarks.isMirror(pod)) {
                mirrors.seen(pod);
            } else {
                listener.changed(pod);
            }
        }

        @Override
        public void gone(Pod pod) {
            if (StaticMarks.isMirror(pod)) {
                mirrors.gone(pod);
            } else {
                listener.gone(pod);
            }
        }

        @Override
        public void synced() {
            mirrors.synced();
            listener.synced();
        }
    }
}
