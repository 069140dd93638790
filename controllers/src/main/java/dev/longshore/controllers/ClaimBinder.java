package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds a volume for each claim, or has one made.
///
/// A claim whose class waits for its first consumer is the scheduler's to bind: it promises a volume to it, or
/// says by annotation on which node one is to be made.
final class ClaimBinder implements Reconciler {

    static final String NAME = "persistentvolume-binder";

    /// In whose name volumes and claims are bound.
    static final String IDENTITY = "persistent-volume-binder";

    /// As events are signed.
    static final String COMPONENT = "persistentvolume-controller";

    private static final String LATER = "WaitForFirstConsumer";
    private static final String IN_TREE = "kubernetes.io/";

    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final VolumeWrites writes;

    private ClaimBinder(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(IDENTITY);
        this.events = context.events(IDENTITY, COMPONENT);
        this.writes = new VolumeWrites(client, events);
    }

    static Controller create(ControllerContext context) {
        var binder = new ClaimBinder(context);
        var loop = new ControllerLoop(NAME, binder, 1, context.time());
        context.informers()
                .onChange(PersistentVolumeClaim.class, claim -> loop.queue().add(Keys.of(claim)));
        context.informers().onChange(PersistentVolume.class, volume -> {
            if (volume.getSpec().getClaimRef() != null) {
                loop.queue().add(StorageClaims.claimKey(volume));
            }
            binder.unbound().forEach(loop.queue()::add);
        });
        context.informers()
                .onChange(StorageClass.class, changed -> binder.unbound().forEach(loop.queue()::add));
        context.informers().onChange(Pod.class, pod -> StorageClaims.of(pod).forEach(loop.queue()::add));
        return Controller.of(NAME, loop, binder.events);
    }

    private List<String> unbound() {
        return informers.all(PersistentVolumeClaim.class).stream()
                .filter(claim -> !StorageClaims.phase(claim).equals("Bound"))
                .map(Keys::of)
                .toList();
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<PersistentVolumeClaim> found = informers.find(PersistentVolumeClaim.class, key);
        if (found.isEmpty()) {
            return Outcome.done();
        }
        PersistentVolumeClaim claim = found.get();
        boolean isNamed = claim.getSpec().getVolumeName() != null
                && !claim.getSpec().getVolumeName().isEmpty();
        if (StorageClaims.annotations(claim).containsKey(StorageClaims.BOUND)) {
            keep(claim, isNamed);
        } else if (isNamed) {
            bindNamed(claim);
        } else {
            search(claim);
        }
        return Outcome.done();
    }

    private void search(PersistentVolumeClaim claim) {
        boolean waits = informers
                .find(StorageClass.class, StorageClaims.storageClass(claim))
                .filter(found -> LATER.equals(found.getVolumeBindingMode()))
                .isPresent();
        Optional<PersistentVolume> best = VolumeMatch.best(claim, informers.all(PersistentVolume.class), waits);
        if (best.isPresent()) {
            writes.bind(best.get(), claim);
            return;
        }
        Optional<StorageClass> fallback = StorageClaims.saysClass(claim)
                ? Optional.empty()
                : StorageClaims.defaultClass(informers.all(StorageClass.class));
        if (fallback.isPresent()) {
            client.resource(new PersistentVolumeClaimBuilder(claim)
                            .editSpec()
                            .withStorageClassName(Keys.of(fallback.get()))
                            .endSpec()
                            .build())
                    .update();
        } else if (waits && !StorageClaims.annotations(claim).containsKey(StorageClaims.NODE)) {
            sayWhatIsWaitedFor(claim);
            writes.phase(claim, "Pending");
        } else if (!StorageClaims.storageClass(claim).isEmpty()) {
            provision(claim);
        } else {
            events.event(
                    claim,
                    Type.NORMAL,
                    "FailedBinding",
                    "no persistent volumes available for this claim and no storage class is set");
            writes.phase(claim, "Pending");
        }
    }

    private Stream<Pod> users(PersistentVolumeClaim claim) {
        return informers.in(Pod.class, claim.getMetadata().getNamespace()).stream()
                .filter(pod -> !Pods.isTerminal(pod) && StorageClaims.of(pod).contains(Keys.of(claim)));
    }

    private void sayWhatIsWaitedFor(PersistentVolumeClaim claim) {
        List<String> names =
                users(claim).map(pod -> pod.getMetadata().getName()).toList();
        String pods = (names.size() == 1 ? "pod " : "pods ") + String.join(",", names);
        events.event(
                claim,
                Type.NORMAL,
                names.isEmpty() ? LATER : "WaitForPodScheduled",
                names.isEmpty()
                        ? "waiting for first consumer to be created before binding"
                        : "waiting for " + pods + " to be scheduled");
    }

    /// Asks the class's provisioner, who works elsewhere, by annotation.
    private void provision(PersistentVolumeClaim claim) {
        String name = StorageClaims.storageClass(claim);
        Optional<StorageClass> found = informers.find(StorageClass.class, name);
        String provisioner = found.map(StorageClass::getProvisioner).orElse("");
        if (provisioner.isEmpty() || provisioner.startsWith(IN_TREE)) {
            events.event(
                    claim,
                    Type.WARNING,
                    "ProvisioningFailed",
                    provisioner.isEmpty()
                            ? "storageclass.storage.k8s.io \"" + name + "\" not found"
                            : "no volume plugin matched name: " + provisioner);
            return;
        }
        var asked = new PersistentVolumeClaimBuilder(claim)
                .editMetadata()
                .addToAnnotations(StorageClaims.PROVISIONER, provisioner)
                .addToAnnotations(StorageClaims.OLD_PROVISIONER, provisioner);
        PersistentVolumeClaim changed = asked.endMetadata().build();
        if (!changed.equals(claim)) {
            client.resource(changed).update();
        }
        events.event(
                claim,
                Type.NORMAL,
                "ExternalProvisioning",
                "Waiting for a volume to be created either by the external provisioner '%s' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered."
                        .formatted(provisioner));
    }

    private void bindNamed(PersistentVolumeClaim claim) {
        Optional<PersistentVolume> found =
                informers.find(PersistentVolume.class, claim.getSpec().getVolumeName());
        if (found.isEmpty()) {
            writes.phase(claim, "Pending");
            return;
        }
        PersistentVolume volume = found.get();
        if (volume.getSpec().getClaimRef() == null) {
            Optional<String> fault = VolumeMatch.fault(volume, claim);
            if (fault.isEmpty()) {
                writes.bind(volume, claim);
            } else {
                refuse(
                        claim,
                        "VolumeMismatch",
                        "Cannot bind to requested volume \"%s\": %s".formatted(Keys.of(volume), fault.get()));
            }
        } else if (StorageClaims.isFor(volume, claim)) {
            writes.bind(volume, claim);
        } else {
            refuse(
                    claim,
                    "FailedBinding",
                    "volume \"%s\" already bound to a different claim.".formatted(Keys.of(volume)));
        }
    }

    private void refuse(PersistentVolumeClaim claim, String reason, String message) {
        events.event(claim, Type.WARNING, reason, message);
        writes.phase(claim, "Pending");
    }

    private void keep(PersistentVolumeClaim claim, boolean isNamed) {
        if (!isNamed) {
            writes.phase(
                    claim,
                    "Lost",
                    "ClaimLost",
                    "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!");
            return;
        }
        String name = claim.getSpec().getVolumeName();
        // A volume that was just written may not have been heard of yet: the server knows.
        Optional<PersistentVolume> found = informers
                .find(PersistentVolume.class, name)
                .or(() -> Optional.ofNullable(
                        client.persistentVolumes().withName(name).get()));
        if (found.isEmpty()) {
            writes.phase(
                    claim,
                    "Lost",
                    "ClaimLost",
                    "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
        } else if (found.get().getSpec().getClaimRef() == null
                || StorageClaims.uid(found.get().getSpec().getClaimRef())
                        .equals(claim.getMetadata().getUid())) {
            writes.bind(found.get(), claim);
        } else {
            writes.phase(
                    claim,
                    "Lost",
                    "ClaimMisbound",
                    "Two claims are bound to the same volume, this one is bound incorrectly");
        }
    }
}
