package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/// Makes the claims of pods' own volumes, which live as long as their pod.
final class EphemeralVolumeController implements Reconciler {

    static final String NAME = "ephemeral-volume-controller";

    private static final int WORKERS = 2;

    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;

    private EphemeralVolumeController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME, "ephemeral_volume");
    }

    static Controller create(ControllerContext context) {
        var controller = new EphemeralVolumeController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        context.informers().onChange(Pod.class, pod -> {
            if (pod.getSpec().getVolumes().stream().anyMatch(volume -> volume.getEphemeral() != null)) {
                loop.queue().add(Keys.of(pod));
            }
        });
        context.informers()
                .onChange(
                        PersistentVolumeClaim.class,
                        claim -> Keys.controllerKey(claim, "Pod").ifPresent(loop.queue()::add));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<Pod> found = informers.find(Pod.class, key).filter(pod -> !Keys.isBeingDeleted(pod));
        if (found.isEmpty()) {
            return Outcome.done();
        }
        Pod pod = found.get();
        for (Volume volume : pod.getSpec().getVolumes()) {
            if (volume.getEphemeral() != null) {
                provide(pod, volume);
            }
        }
        return Outcome.done();
    }

    private void provide(Pod pod, Volume volume) {
        PersistentVolumeClaim wanted = claim(pod, volume);
        Optional<PersistentVolumeClaim> present = informers.find(PersistentVolumeClaim.class, Keys.of(wanted));
        try {
            if (present.isEmpty()) {
                client.resource(wanted).create();
            } else if (!isOf(present.get(), pod)) {
                String name = wanted.getMetadata().getName();
                say(
                        pod,
                        volume,
                        "PVC %s/%s was not created for pod %s/%s (pod is not owner)"
                                .formatted(
                                        pod.getMetadata().getNamespace(),
                                        name,
                                        pod.getMetadata().getNamespace(),
                                        pod.getMetadata().getName()));
            }
        } catch (KubernetesClientException refused) {
            say(pod, volume, "create PVC " + wanted.getMetadata().getName() + ": " + refused.getMessage());
            throw refused;
        }
    }

    private void say(Pod pod, Volume volume, String what) {
        events.event(pod, Type.WARNING, "FailedBinding", "ephemeral volume " + volume.getName() + ": " + what);
    }

    private static boolean isOf(PersistentVolumeClaim claim, Pod pod) {
        return Keys.controller(claim)
                .filter(owner -> owner.getUid().equals(pod.getMetadata().getUid()))
                .isPresent();
    }

    /// The claim of `volume`, owned by `pod`.
    static PersistentVolumeClaim claim(Pod pod, Volume volume) {
        var template = volume.getEphemeral().getVolumeClaimTemplate();
        ObjectMeta metadata = template.getMetadata() == null ? new ObjectMeta() : template.getMetadata();
        return new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace(pod.getMetadata().getNamespace())
                .withName(StorageClaims.name(pod, volume).orElseThrow())
                .withLabels(metadata.getLabels())
                .withAnnotations(metadata.getAnnotations())
                .withOwnerReferences(Keys.controlledBy(pod))
                .endMetadata()
                .withSpec(template.getSpec())
                .build();
    }
}
