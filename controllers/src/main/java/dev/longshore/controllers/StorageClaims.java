package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What controllers ask of claims, volumes and their classes.
final class StorageClaims {

    static final String BOUND = "pv.kubernetes.io/bind-completed";
    static final String BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
    static final String PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
    static final String PROVISIONER = "volume.kubernetes.io/storage-provisioner";
    static final String OLD_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner";
    static final String NODE = "volume.kubernetes.io/selected-node";

    private static final String OLD_CLASS = "volume.beta.kubernetes.io/storage-class";
    private static final List<String> DEFAULT =
            List.of("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class");
    static final String STORAGE = "storage";

    private StorageClaims() {}

    static Map<String, String> annotations(HasMetadata object) {
        return Objects.requireNonNullElse(object.getMetadata().getAnnotations(), Map.of());
    }

    /// The name of its class; empty for none.
    static String storageClass(PersistentVolumeClaim claim) {
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

    /// True if the claim says a class, be it none.
    static boolean saysClass(PersistentVolumeClaim claim) {
        return annotations(claim).containsKey(OLD_CLASS) || claim.getSpec().getStorageClassName() != null;
    }

    /// The class for those who say none: the newest that is marked so.
    static Optional<StorageClass> defaultClass(List<StorageClass> classes) {
        return classes.stream()
                .filter(found -> DEFAULT.stream()
                        .anyMatch(mark -> "true".equals(annotations(found).get(mark))))
                .min(Comparator.comparing(
                                (StorageClass found) -> found.getMetadata().getCreationTimestamp(),
                                Comparator.reverseOrder())
                        .thenComparing(found -> Keys.of(found)));
    }

    static String phase(PersistentVolumeClaim claim) {
        return claim.getStatus() == null
                ? ""
                : Objects.requireNonNullElse(claim.getStatus().getPhase(), "");
    }

    static String phase(PersistentVolume volume) {
        return volume.getStatus() == null
                ? ""
                : Objects.requireNonNullElse(volume.getStatus().getPhase(), "");
    }

    /// How many bytes are asked for.
    static BigDecimal requested(PersistentVolumeClaim claim) {
        var resources = claim.getSpec().getResources();
        return amount(resources == null ? null : resources.getRequests());
    }

    /// How many bytes there are.
    static BigDecimal capacity(PersistentVolume volume) {
        return amount(volume.getSpec().getCapacity());
    }

    /// How many bytes `amounts` gives to storage.
    static BigDecimal amount(Map<String, Quantity> amounts) {
        Quantity amount = amounts == null ? null : amounts.get(STORAGE);
        return amount == null ? BigDecimal.ZERO : amount.getNumericalAmount();
    }

    static String claimKey(PersistentVolume volume) {
        ObjectReference claim = volume.getSpec().getClaimRef();
        return Keys.of(claim.getNamespace(), claim.getName());
    }

    /// True if `volume` is given, or promised by name, to `claim`.
    static boolean isFor(PersistentVolume volume, PersistentVolumeClaim claim) {
        ObjectReference given = volume.getSpec().getClaimRef();
        return given != null
                && claimKey(volume).equals(Keys.of(claim))
                && (uid(given).isEmpty()
                        || uid(given).equals(claim.getMetadata().getUid()));
    }

    static String uid(ObjectReference reference) {
        return Objects.requireNonNullElse(reference.getUid(), "");
    }

    /// The name of the claim that `volume` of `pod` uses.
    static Optional<String> name(Pod pod, Volume volume) {
        if (volume.getPersistentVolumeClaim() != null) {
            return Optional.of(volume.getPersistentVolumeClaim().getClaimName());
        }
        return volume.getEphemeral() == null
                ? Optional.empty()
                : Optional.of(pod.getMetadata().getName() + "-" + volume.getName());
    }

    /// The keys of the claims that `pod` uses.
    static List<String> of(Pod pod) {
        return pod.getSpec().getVolumes().stream()
                .flatMap(volume -> name(pod, volume).stream())
                .map(name -> Keys.of(pod.getMetadata().getNamespace(), name))
                .toList();
    }
}
