package dev.longshore.kubelet.manifests;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.PodApi;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Shows static pods to the cluster, by pods that nobody runs and whose status is that of the static ones. One
/// thread compares what is with what shall be, for as long as it takes: while the cluster does not answer, the
/// static pods go on all the same. Thread-safe.
public final class Mirrors implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Mirrors.class);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

    private final PodApi cluster;
    private final String nodeName;
    private final Owner owner;
    private final Time time;
    private final Thread thread = Thread.ofVirtual().name("kubelet-mirrors").unstarted(this::run);
    // Guarded by this, all by full name.
    private final Map<String, Pod> shown = new HashMap<>();
    private final Map<String, Pod> mirrors = new HashMap<>();
    private final Map<String, ObjectNode> statuses = new HashMap<>();
    private final Set<String> changed = new LinkedHashSet<>();
    private boolean isSynced;

    /// The node, which owns its mirrors.
    @FunctionalInterface
    public interface Owner {
        /// Its uid, once it is registered.
        Optional<String> uid();
    }

    Mirrors(PodApi cluster, String nodeName, Owner owner, Time time) {
        this.cluster = cluster;
        this.nodeName = nodeName;
        this.owner = owner;
        this.time = time;
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    /// `pod` is to have a mirror.
    synchronized void show(Pod pod) {
        String name = ManifestDirectory.fullName(pod);
        shown.put(name, pod);
        statuses.remove(name);
        touch(name);
    }

    /// The pod called `name` needs none any more.
    synchronized void hide(String name) {
        shown.remove(name);
        statuses.remove(name);
        touch(name);
    }

    /// What the mirror of `pod` is to say of its state.
    synchronized void status(Pod pod, ObjectNode status) {
        String name = ManifestDirectory.fullName(pod);
        statuses.put(name, status);
        touch(name);
    }

    /// The server has this mirror.
    synchronized void seen(Pod mirror) {
        String name = ManifestDirectory.fullName(mirror);
        Pod before = mirrors.put(name, mirror);
        boolean isNew = before == null || !isSame(before, mirror);
        if (isNew || mirror.getMetadata().getDeletionTimestamp() != null) {
            touch(name);
        }
    }

    /// The server has it no more.
    synchronized void gone(Pod mirror) {
        String name = ManifestDirectory.fullName(mirror);
        Pod known = mirrors.get(name);
        if (known != null && isSame(known, mirror)) {
            mirrors.remove(name);
        }
        touch(name);
    }

    /// The server has told of all mirrors: one that is not known does not exist.
    synchronized void synced() {
        isSynced = true;
        changed.addAll(shown.keySet());
        changed.addAll(mirrors.keySet());
        notifyAll();
    }

    private void touch(String name) {
        changed.add(name);
        notifyAll();
    }

    private void run() {
        Duration retry = FIRST_RETRY;
        try {
            while (true) {
                List<String> failed = new ArrayList<>();
                for (String name : take()) {
                    if (!isDone(name)) {
                        failed.add(name);
                    }
                }
                if (failed.isEmpty()) {
                    retry = FIRST_RETRY;
                } else {
                    time.sleep(retry);
                    Duration doubled = retry.multipliedBy(2);
                    retry = doubled.compareTo(LONGEST_RETRY) < 0 ? doubled : LONGEST_RETRY;
                    failed.forEach(this::again);
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void again(String name) {
        touch(name);
    }

    private synchronized List<String> take() throws InterruptedException {
        while (!isSynced || changed.isEmpty()) {
            wait();
        }
        List<String> taken = List.copyOf(changed);
        changed.clear();
        return taken;
    }

    /// False if it must be tried again.
    private boolean isDone(String name) {
        Wanted wanted = wanted(name);
        try {
            if (wanted.mirror.isPresent()) {
                Pod mirror = wanted.mirror.get();
                boolean isRight = mirror.getMetadata().getDeletionTimestamp() == null
                        && wanted.pod
                                .filter(pod -> StaticMarks.isMirrorOf(mirror, pod))
                                .isPresent();
                if (!isRight) {
                    cluster.delete(mirror);
                    return true;
                }
                // Sent whole: a mirror that is new knows nothing yet.
                wanted.status.ifPresent(status -> cluster.patchStatus(mirror, status));
                return true;
            }
            return wanted.pod.isEmpty() || create(wanted.pod.get());
        } catch (RuntimeException failure) {
            log.info("mirror of static pod {}: {}", name, failure.getMessage());
            return false;
        }
    }

    private synchronized Wanted wanted(String name) {
        return new Wanted(
                Optional.ofNullable(shown.get(name)),
                Optional.ofNullable(mirrors.get(name)),
                Optional.ofNullable(statuses.get(name)).map(ObjectNode::deepCopy));
    }

    private boolean create(Pod pod) {
        Optional<String> uid = owner.uid();
        if (uid.isEmpty()) {
            return false;
        }
        return cluster.create(new PodBuilder(pod)
                .editMetadata()
                .withUid(null)
                .addToAnnotations(
                        StaticMarks.MIRROR, pod.getMetadata().getAnnotations().get(StaticMarks.HASH))
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Node")
                        .withName(nodeName)
                        .withUid(uid.get())
                        .withController(true)
                        .build())
                .endMetadata()
                .withStatus(null)
                .build());
    }

    private static boolean isSame(Pod one, Pod other) {
        return one.getMetadata().getUid().equals(other.getMetadata().getUid());
    }

    private record Wanted(Optional<Pod> pod, Optional<Pod> mirror, Optional<ObjectNode> status) {}
}
