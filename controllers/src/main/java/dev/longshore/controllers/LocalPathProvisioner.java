package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Makes volumes that are directories of the node where their pod runs, and removes them with their claim.
///
/// ```
/// claim with our class and a node ──► volume of type hostPath, only for that node ──► the kubelet makes the directory
/// claim gone, policy Delete       ──► directory removed ──► volume deleted
/// ```
final class LocalPathProvisioner implements Reconciler {

    static final String NAME = "local-path-provisioner";

    /// As classes call it.
    static final String PROVISIONER = "longshore.dev/local-path";

    private static final String CLASS = "local-path";
    private static final String FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer";
    private static final String HOST = "kubernetes.io/hostname";
    private static final String PLANT = "class";
    private static final String CLAIM = "claim:";
    private static final String VOLUME = "volume:";
    private static final int CONFLICT = 409;

    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final VolumeDirectories directories;

    private LocalPathProvisioner(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME, PROVISIONER);
        this.directories = context.directories();
        informers.of(StorageClass.class);
        informers.of(Node.class);
    }

    static Controller create(ControllerContext context) {
        var provisioner = new LocalPathProvisioner(context);
        var loop = new ControllerLoop(NAME, provisioner, 1, context.time());
        context.informers().onChange(PersistentVolumeClaim.class, claim -> {
            if (PROVISIONER.equals(StorageClaims.annotations(claim).get(StorageClaims.PROVISIONER))) {
                loop.queue().add(CLAIM + Keys.of(claim));
            }
        });
        context.informers().onChange(PersistentVolume.class, volume -> {
            if (PROVISIONER.equals(StorageClaims.annotations(volume).get(StorageClaims.PROVISIONED_BY))) {
                loop.queue().add(VOLUME + Keys.of(volume));
            }
        });
        loop.queue().add(PLANT);
        return Controller.of(NAME, loop, provisioner.events);
    }

    @Override
    public Outcome reconcile(String key) {
        if (key.startsWith(CLAIM)) {
            informers
                    .find(PersistentVolumeClaim.class, key.substring(CLAIM.length()))
                    .filter(claim -> !Keys.isBeingDeleted(claim)
                            && Objects.requireNonNullElse(claim.getSpec().getVolumeName(), "")
                                    .isEmpty())
                    .ifPresent(this::provision);
        } else if (key.startsWith(VOLUME)) {
            informers
                    .find(PersistentVolume.class, key.substring(VOLUME.length()))
                    .filter(LocalPathProvisioner::isToGo)
                    .ifPresent(this::remove);
        } else if (informers.find(StorageClass.class, CLASS).isEmpty()) {
            create(storageClass());
        }
        return Outcome.done();
    }

    private static StorageClass storageClass() {
        return new StorageClassBuilder()
                .withNewMetadata()
                .withName(CLASS)
                .addToAnnotations("storageclass.kubernetes.io/is-default-class", "true")
                .endMetadata()
                .withProvisioner(PROVISIONER)
                .withVolumeBindingMode("WaitForFirstConsumer")
                .withReclaimPolicy("Delete")
                .withAllowVolumeExpansion(true)
                .build();
    }

    private void provision(PersistentVolumeClaim claim) {
        Optional<StorageClass> type = informers
                .find(StorageClass.class, StorageClaims.storageClass(claim))
                .filter(found -> PROVISIONER.equals(found.getProvisioner()));
        String name = name(claim);
        if (type.isEmpty() || informers.find(PersistentVolume.class, name).isPresent()) {
            return;
        }
        Optional<Node> node = Optional.ofNullable(
                        StorageClaims.annotations(claim).get(StorageClaims.NODE))
                .flatMap(chosen -> informers.find(Node.class, chosen));
        Optional<String> fault = fault(claim, node);
        if (fault.isPresent()) {
            events.event(
                    claim,
                    Type.WARNING,
                    "ProvisioningFailed",
                    "failed to provision volume with StorageClass \"%s\": %s"
                            .formatted(Keys.of(type.get()), fault.get()));
            if (node.isEmpty() && StorageClaims.annotations(claim).containsKey(StorageClaims.NODE)) {
                chooseAnew(claim);
            }
            return;
        }
        events.event(
                claim,
                Type.NORMAL,
                "Provisioning",
                "External provisioner is provisioning volume for claim \"" + Keys.of(claim) + "\"");
        create(volume(claim, type.get(), node.get(), directories.path(name)));
        events.event(claim, Type.NORMAL, "ProvisioningSucceeded", "Successfully provisioned volume " + name);
    }

    private static Optional<String> fault(PersistentVolumeClaim claim, Optional<Node> node) {
        if (node.isEmpty()) {
            return Optional.of("no node was chosen for it: use volumeBindingMode WaitForFirstConsumer");
        }
        if ("Block".equals(claim.getSpec().getVolumeMode())) {
            return Optional.of("directories cannot be block devices: use volumeMode Filesystem");
        }
        if (claim.getSpec().getSelector() != null) {
            return Optional.of("claim Selector is not supported");
        }
        return claim.getSpec().getDataSource() == null && claim.getSpec().getDataSourceRef() == null
                ? Optional.empty()
                : Optional.of("volumes cannot be filled from a data source");
    }

    /// The node that was chosen is no more: the scheduler is told to choose another.
    private void chooseAnew(PersistentVolumeClaim claim) {
        client.resource(new PersistentVolumeClaimBuilder(claim)
                        .editMetadata()
                        .removeFromAnnotations(StorageClaims.NODE)
                        .endMetadata()
                        .build())
                .update();
    }

    private static String name(PersistentVolumeClaim claim) {
        return "pvc-" + claim.getMetadata().getUid();
    }

    /// A directory at `path` of `node` for `claim`.
    static PersistentVolume volume(PersistentVolumeClaim claim, StorageClass type, Node node, String path) {
        String host = Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.<String, String>of())
                .getOrDefault(HOST, Keys.of(node));
        return new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(name(claim))
                .addToAnnotations(StorageClaims.PROVISIONED_BY, PROVISIONER)
                .addToFinalizers(FINALIZER)
                .endMetadata()
                .withNewSpec()
                .withAccessModes(claim.getSpec().getAccessModes())
                .withCapacity(claim.getSpec().getResources().getRequests())
                .withPersistentVolumeReclaimPolicy(Objects.requireNonNullElse(type.getReclaimPolicy(), "Delete"))
                .withStorageClassName(Keys.of(type))
                .withVolumeMode("Filesystem")
                .withClaimRef(new ObjectReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("PersistentVolumeClaim")
                        .withNamespace(claim.getMetadata().getNamespace())
                        .withName(claim.getMetadata().getName())
                        .withUid(claim.getMetadata().getUid())
                        .withResourceVersion(claim.getMetadata().getResourceVersion())
                        .build())
                .withNewHostPath(path, "DirectoryOrCreate")
                .withNewNodeAffinity()
                .withNewRequired()
                .addNewNodeSelectorTerm()
                .addNewMatchExpression()
                .withKey(HOST)
                .withOperator("In")
                .withValues(host)
                .endMatchExpression()
                .endNodeSelectorTerm()
                .endRequired()
                .endNodeAffinity()
                .endSpec()
                .build();
    }

    private void create(HasMetadata object) {
        try {
            client.resource(object).create();
        } catch (KubernetesClientException present) {
            if (present.getCode() != CONFLICT) {
                throw present;
            }
        }
    }

    private static boolean isToGo(PersistentVolume volume) {
        return "Delete".equals(volume.getSpec().getPersistentVolumeReclaimPolicy())
                && (StorageClaims.phase(volume).equals("Released")
                        || StorageClaims.phase(volume).equals("Failed"));
    }

    private void remove(PersistentVolume volume) {
        try {
            // By its name, not by the path in it, which anybody may have written.
            directories.remove(Keys.of(volume));
        } catch (UncheckedIOException broken) {
            events.event(
                    volume, Type.WARNING, "VolumeFailedDelete", "cannot remove its directory: " + broken.getMessage());
            throw broken;
        }
        if (!Keys.isBeingDeleted(volume)) {
            client.resource(volume).delete();
        }
        PersistentVolume present = client.resource(volume).get();
        if (present != null) {
            Finalizers.without(present, FINALIZER)
                    .ifPresent(free -> client.resource(free).update());
        }
    }
}
