package dev.longshore.scheduler.volumes;

import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// What pods, claims and volumes say of each other.
public final class PodClaims {

    /// A claim that has been given its volume, and knows.
    static final String BOUND = "pv.kubernetes.io/bind-completed";

    /// Where the volume of a claim is to be made.
    static final String NODE = "volume.kubernetes.io/selected-node";

    private static final String OLD_CLASS = "volume.beta.kubernetes.io/storage-class";
    private static final String STORAGE = "storage";

    private PodClaims() {}

    /// The name of the claim that `volume` of `pod` uses; empty when it uses none.
    public static Optional<String> name(PodView pod, Volume volume) {
        if (volume.getPersistentVolumeClaim() != null) {
            return Optional.of(volume.getPersistentVolumeClaim().getClaimName());
        }
        return volume.getEphemeral() == null ? Optional.empty() : Optional.of(pod.name() + "-" + volume.getName());
    }

    /// The names of the claims that `pod` uses.
    public static Stream<String> names(PodView pod) {
        return pod.volumes().stream().flatMap(volume -> name(pod, volume).stream());
    }

    /// True if `pod` uses `claim`.
    public static boolean uses(PodView pod, PersistentVolumeClaim claim) {
        return pod.namespace().equals(claim.getMetadata().getNamespace())
                && names(pod).anyMatch(claim.getMetadata().getName()::equals);
    }

    /// True if `claim` was made for `pod` and is its own.
    public static boolean isOf(PersistentVolumeClaim claim, PodView pod) {
        return claim.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .map(OwnerReference::getUid)
                .anyMatch(pod.uid()::equals);
    }

    /// What is said of a claim with the name of `pod`'s own that is another's.
    public static String notOwned(PersistentVolumeClaim claim, PodView pod) {
        return "PVC %s/%s was not created for pod %s (pod is not owner)"
                .formatted(
                        claim.getMetadata().getNamespace(), claim.getMetadata().getName(), pod.key());
    }

    /// The name of its class; empty for none.
    public static String storageClass(PersistentVolumeClaim claim) {
        return annotations(claim)
                .getOrDefault(
                        OLD_CLASS, Objects.requireNonNullElse(claim.getSpec().getStorageClassName(), ""));
    }

    /// The name of its class; empty for none.
    static String storageClass(PersistentVolume volume) {
        return annotations(volume)
                .getOrDefault(
                        OLD_CLASS, Objects.requireNonNullElse(volume.getSpec().getStorageClassName(), ""));
    }

    /// The name of its volume; empty for none.
    public static String volumeName(PersistentVolumeClaim claim) {
        return Objects.requireNonNullElse(claim.getSpec().getVolumeName(), "");
    }

    /// True if its volume is its own for good.
    static boolean isBound(PersistentVolumeClaim claim) {
        return !volumeName(claim).isEmpty() && annotations(claim).containsKey(BOUND);
    }

    static Map<String, String> annotations(HasMetadata object) {
        return Objects.requireNonNullElse(object.getMetadata().getAnnotations(), Map.of());
    }

    /// How many bytes are asked for.
    static BigDecimal requested(PersistentVolumeClaim claim) {
        return claim.getSpec().getResources() == null
                ? BigDecimal.ZERO
                : amount(claim.getSpec().getResources().getRequests());
    }

    /// How many bytes there are.
    static BigDecimal capacity(PersistentVolume volume) {
        return amount(volume.getSpec().getCapacity());
    }

    private static BigDecimal amount(Map<String, Quantity> amounts) {
        Quantity amount = amounts == null ? null : amounts.get(STORAGE);
        return amount == null ? BigDecimal.ZERO : amount.getNumericalAmount();
    }
}
