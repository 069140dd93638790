package dev.longshore.kubelet.pods;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Resizes that the node has had no room for. Whenever there may be some, all of them are tried again in this order:
/// those that ask for no more than they have; then by the pods' priority; then Guaranteed pods before others; then the
/// one that has waited for longest. One that does not fit keeps none behind it from being tried. Thread-safe.
final class PendingResizes {

    private static final Comparator<Wish> ORDER = Comparator.comparing(Wish::isIncreasing)
            .thenComparing(Comparator.comparingInt(Wish::priority).reversed())
            .thenComparing(wish -> !Qos.classOf(wish.wanted()).equals("Guaranteed"))
            .thenComparing(Wish::since);

    private final NodeAdmission admission;
    private final Consumer<String> wake;
    // Guarded by this, by uid.
    private final Map<String, Wish> wishes = new HashMap<>();
    private final Map<String, Pod> granted = new HashMap<>();

    /// `wake` makes the pod of a uid ask again; it must not call back.
    PendingResizes(NodeAdmission admission, Consumer<String> wake) {
        this.admission = requireNonNull(admission, "admission");
        this.wake = requireNonNull(wake, "wake");
    }

    private record Wish(Pod wanted, boolean isIncreasing, Instant since, Optional<NodeAdmission.Refusal> refusal) {

        int priority() {
            Integer given = wanted.getSpec().getPriority();
            return given == null ? 0 : given;
        }

        Wish with(Optional<NodeAdmission.Refusal> other) {
            return new Wish(wanted, isIncreasing, since, other);
        }
    }

    /// Grants what `wanted` asks for instead of what `allocated` has, or says why that waits. What is granted counts as
    /// taken.
    synchronized Optional<NodeAdmission.Refusal> ask(Pod wanted, Pod allocated, Instant now) {
        String uid = wanted.getMetadata().getUid();
        Pod before = granted.remove(uid);
        if (before != null && Allocation.of(before).equals(Allocation.of(wanted))) {
            return Optional.empty();
        }
        Instant since = Optional.ofNullable(wishes.get(uid)).map(Wish::since).orElse(now);
        wishes.put(uid, new Wish(wanted, isIncreasing(allocated, wanted), since, Optional.empty()));
        retry(uid);
        return Optional.ofNullable(wishes.get(uid)).flatMap(Wish::refusal);
    }

    private static boolean isIncreasing(Pod allocated, Pod wanted) {
        return List.of("cpu", "memory").stream()
                .anyMatch(resource ->
                        PodResources.request(wanted, resource).compareTo(PodResources.request(allocated, resource))
                                > 0);
    }

    /// The pod, which has `allocated`, no longer asks for anything else.
    synchronized void withdraw(Pod allocated) {
        String uid = allocated.getMetadata().getUid();
        wishes.remove(uid);
        if (granted.remove(uid) != null) {
            admission.adopt(allocated);
        }
    }

    /// The pod is gone, and what it had is free.
    synchronized void gone(String uid) {
        wishes.remove(uid);
        granted.remove(uid);
        retry("");
    }

    private void retry(String asking) {
        for (Wish wish : new ArrayList<>(wishes.values()).stream().sorted(ORDER).toList()) {
            String uid = wish.wanted().getMetadata().getUid();
            Optional<NodeAdmission.Refusal> refusal = admission.resize(wish.wanted());
            if (refusal.isPresent()) {
                wishes.put(uid, wish.with(refusal));
                continue;
            }
            wishes.remove(uid);
            if (!uid.equals(asking)) {
                granted.put(uid, wish.wanted());
                wake.accept(uid);
            }
        }
    }
}
