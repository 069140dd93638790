package dev.longshore.scheduler.volumes;

import dev.longshore.base.Time;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PreBind;
import dev.longshore.scheduler.framework.PreparationException;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Gives claims the volumes that were planned, or asks for these to be made, and waits until the binder and the
/// provisioner have done their part.
public final class VolumeBinder implements PreBind {

    private static final Duration LIMIT = Duration.ofSeconds(600);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final String BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";

    private final KubernetesClient client;
    private final InformedVolumes volumes;
    private final VolumePlanner planner;
    private final Time time;

    /// Writes through `client`.
    public VolumeBinder(KubernetesClient client, InformedVolumes volumes, Time time) {
        this.client = client;
        this.volumes = volumes;
        this.planner = new VolumePlanner(volumes);
        this.time = time;
    }

    @Override
    public String name() {
        return "VolumeBinding";
    }

    @Override
    public Optional<Preparation> reserve(PodView pod, NodeView node) {
        if (pod.volumes().isEmpty()
                || !(planner.plan(pod, node) instanceof VolumePlan.Possible possible)
                || possible.isDone()) {
            return Optional.empty();
        }
        var given = new ArrayList<PersistentVolume>();
        for (VolumePlan.Bond bond : possible.bonds()) {
            PersistentVolume volume = given(bond);
            given.add(volume);
            volumes.assume(volume);
        }
        var asked = new ArrayList<PersistentVolumeClaim>();
        for (PersistentVolumeClaim claim : possible.made()) {
            PersistentVolumeClaim chosen = new PersistentVolumeClaimBuilder(claim)
                    .editMetadata()
                    .addToAnnotations(PodClaims.NODE, node.name())
                    .endMetadata()
                    .build();
            asked.add(chosen);
            volumes.assume(chosen);
        }
        return Optional.of(new Bonds(pod, node, possible.bonds(), given, asked));
    }

    /// The volume of `bond` as it is when it is promised to the claim.
    static PersistentVolume given(VolumePlan.Bond bond) {
        PersistentVolumeClaim claim = bond.claim();
        var builder = new PersistentVolumeBuilder(bond.volume());
        if (!VolumeMatch.isFor(bond.volume(), claim)) {
            builder.editMetadata().addToAnnotations(BY_CONTROLLER, "yes").endMetadata();
        }
        return builder.editSpec()
                .withClaimRef(new ObjectReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("PersistentVolumeClaim")
                        .withNamespace(claim.getMetadata().getNamespace())
                        .withName(claim.getMetadata().getName())
                        .withUid(claim.getMetadata().getUid())
                        .withResourceVersion(claim.getMetadata().getResourceVersion())
                        .build())
                .endSpec()
                .build();
    }

    private final class Bonds implements Preparation {

        private final PodView pod;
        private final NodeView node;
        private final List<VolumePlan.Bond> bonds;
        private final List<PersistentVolume> given;
        private final List<PersistentVolumeClaim> asked;

        Bonds(
                PodView pod,
                NodeView node,
                List<VolumePlan.Bond> bonds,
                List<PersistentVolume> given,
                List<PersistentVolumeClaim> asked) {
            this.pod = pod;
            this.node = node;
            this.bonds = bonds;
            this.given = given;
            this.asked = asked;
        }

        @Override
        public void carryOut() throws InterruptedException {
            try {
                write();
                await();
            } catch (KubernetesClientException refused) {
                giveBack();
                throw new PreparationException(refused.getMessage());
            } catch (PreparationException | InterruptedException failed) {
                giveBack();
                throw failed;
            }
        }

        @Override
        public void giveBack() {
            given.forEach(volumes::forget);
            asked.forEach(volumes::forget);
        }

        /// Each with the version that was read: who comes too late looks again.
        private void write() {
            given.replaceAll(volume -> client.resource(volume).update());
            asked.replaceAll(claim -> client.resource(claim).update());
        }

        private void await() throws InterruptedException {
            long deadline = time.nanoTime() + LIMIT.toNanos();
            while (!isDone()) {
                if (time.nanoTime() - deadline > 0) {
                    throw new PreparationException("binding volumes: context deadline exceeded");
                }
                time.sleep(POLL);
            }
        }

        private boolean isDone() {
            if (!volumes.isThere(pod)) {
                throw new PreparationException(
                        "binding volumes: pod does not exist any more: pod \"%s\" not found".formatted(pod.name()));
            }
            for (int i = 0; i < given.size(); i++) {
                if (!isBound(given.get(i), bonds.get(i).claim())) {
                    return false;
                }
            }
            return asked.stream().allMatch(this::isMade);
        }

        private boolean isBound(PersistentVolume written, PersistentVolumeClaim claim) {
            PersistentVolume volume = volumes.heardVolume(written.getMetadata().getName())
                    .orElseThrow(() -> new PreparationException(
                            "binding volumes: failed to check binding: could not find v1.PersistentVolume \"%s\""
                                    .formatted(written.getMetadata().getName())));
            if (Assumptions.version(written) > Assumptions.version(volume)) {
                return false;
            }
            checkPlace(volume);
            var reference = volume.getSpec().getClaimRef();
            if (reference == null
                    || reference.getUid() == null
                    || reference.getUid().isEmpty()) {
                throw new PreparationException("binding volumes: ClaimRef got reset for pv \"%s\""
                        .formatted(volume.getMetadata().getName()));
            }
            return PodClaims.isBound(heard(claim));
        }

        private boolean isMade(PersistentVolumeClaim written) {
            PersistentVolumeClaim claim = heard(written);
            if (Assumptions.version(written) > Assumptions.version(claim)) {
                return false;
            }
            // Whoever should have made it takes the node away when that cannot be done there.
            if (!node.name().equals(PodClaims.annotations(claim).get(PodClaims.NODE))) {
                throw new PreparationException("binding volumes: provisioning failed for PVC \"%s\""
                        .formatted(claim.getMetadata().getName()));
            }
            volumes.heardVolume(PodClaims.volumeName(claim)).ifPresent(this::checkPlace);
            return PodClaims.isBound(claim);
        }

        private PersistentVolumeClaim heard(PersistentVolumeClaim claim) {
            return volumes.heardClaim(claim)
                    .orElseThrow(() -> new PreparationException(
                            "binding volumes: failed to check binding: could not find v1.PersistentVolumeClaim \"%s/%s\""
                                    .formatted(
                                            claim.getMetadata().getNamespace(),
                                            claim.getMetadata().getName())));
        }

        private void checkPlace(PersistentVolume volume) {
            if (!VolumeMatch.isReachable(volume, node)) {
                throw new PreparationException(
                        "binding volumes: pv \"%s\" node affinity doesn't match node \"%s\": no matching NodeSelectorTerms"
                                .formatted(volume.getMetadata().getName(), node.name()));
            }
        }
    }
}
